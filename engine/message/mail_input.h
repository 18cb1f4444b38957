// mail_input.h - a message as it came, before anything is understood: the same for the milter and for files.
//
// Owns:    plain values.
// Fails:   read_mail_file returns nullopt with a sentence in `error`.
// Units:   raw is RFC 5322 octets, headers and body; line ends LF or CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace winnow {

/// What the SMTP session said (RFC 5321). Files have none of it: the fields stay empty.
struct Envelope {
  std::string client_ip;    // "" when unknown
  std::string client_name;  // verified PTR name, "" or "unknown" when there is none
  std::string helo;
  std::string mail_from;                // without angle brackets; "" is the null sender
  std::vector<std::string> recipients;  // as the MTA resolved them, where it tells
  std::string auth_user;                // {auth_authen}
  bool tls = false;
  bool present = false;                         // false: there was no SMTP session (a file)
  std::size_t unseen_recipients = 0;            // more than were kept
  std::optional<std::int64_t> arrived;          // seconds since 1970, by this host's clock
  std::vector<std::string> written_recipients;  // in a session, one for each recipient: as the client wrote it
};

struct MailInput {
  Envelope envelope;
  std::string raw;
  std::uint64_t full_size = 0;  // of the message, also when raw was cut
  bool truncated = false;       // raw does not hold all of it: more came than max_scan_bytes
};

/// Reads one message from a file, at most `max_bytes` of it (the rest marks it truncated). A leading mbox
/// "From " line is dropped.
std::optional<MailInput> read_mail_file(const std::filesystem::path& file, std::uint64_t max_bytes, std::string& error);
/// The same for bytes at hand.
MailInput mail_from_bytes(std::string raw, std::uint64_t max_bytes);

}  // namespace winnow
