// milter_client.h - the MTA's side of the milter protocol (version 6): hands a message to a milter, collects its answer.
//
// Owns:    its connection.
// Threads: one thread per client.
// Blocks:  each command up to the timeout of the options.
// Fails:   a failed Status; after it the client is of no further use.
// Source:  libmilter/mfdef.h (commands, flags), Sendmail's milter documentation; behaviour as Postfix's milter8.c has it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/message/mail_input.h"
#include "engine/status.h"
#include "milter/milter_wire.h"

namespace winnow {

/// What the client offers when it negotiates. The defaults are what Postfix offers.
struct MilterOffer {
  std::uint32_t version = 6;
  std::uint32_t actions = 0x1FF;      // SMFIF_*
  std::uint32_t protocol = 0x1FFFFF;  // SMFIP_*
};

struct MilterClientOptions {
  std::chrono::milliseconds timeout{30'000};
  MilterOffer offer;
};

using HeaderField = std::pair<std::string, std::string>;  // name; value as after the colon, leading space included

/// One message as an MTA holds it.
struct MilterMail {
  Envelope envelope;     // client_ip, client_name and helo count for the connection's first message only
  std::string queue_id;  // macro i, sent from DATA on, as Postfix does
  std::vector<HeaderField> headers;
  std::string body;  // CRLF line ends
};

/// Splits raw RFC 5322 octets; LF line ends become CRLF in the body, folds keep "\n" as MTAs send them.
MilterMail milter_mail_from(const MailInput& input, std::string queue_id);

struct HeaderEdit {
  enum class Kind { Add, Insert, Change };  // Change with an empty value deletes
  Kind kind = Kind::Add;
  std::uint32_t index = 0;  // Insert: position from the top; Change: instance of that name, from 1
  std::string name, value;
  bool operator==(const HeaderEdit&) const = default;
};

enum class MilterVerdict { Accept, Reject, TempFail, Discard };
std::string_view milter_verdict_name(MilterVerdict verdict);  // "accept", "reject", ...

struct MilterAnswer {
  MilterVerdict verdict = MilterVerdict::Accept;
  std::string reply;              // "550 5.7.1 text" when the milter gave one; its lines with "\r\n" between them
  std::string stage;              // where the verdict fell: connect helo mail rcpt data header eoh body eom
  std::vector<HeaderEdit> edits;  // in the order they came
  std::vector<std::string> recipients_added, recipients_removed;  // without brackets
  std::string quarantine;                                         // the reason; "" = not quarantined
  bool body_skipped = false;                                      // the milter had enough of the body
  std::size_t progress = 0;                                       // progress packets seen
  std::chrono::microseconds waited{0};  // from the end of message to the answer; 0 when it came before
};

class MilterClient {
 public:
  /// Connects and negotiates. `socket` as in winnow.yaml. Null on failure; `error` says why.
  static std::unique_ptr<MilterClient> connect(const std::string& socket, const MilterClientOptions& options,
                                               std::string& error);

  /// One message from MAIL to the answer. May be called again for the next message of the connection.
  Status send(const MilterMail& mail, MilterAnswer& answer);
  /// The message so far is dropped; allowed at any time, also twice.
  Status abort();
  /// Ends the connection in good manners. The destructor just closes it.
  Status quit();

  /// The process that listens, when the socket is a unix socket.
  std::optional<int> peer_process() const { return wire_.peer_process(); }
  /// What the milter asked for (SMFIF_*, SMFIP_*).
  std::uint32_t actions() const { return actions_; }
  std::uint32_t protocol() const { return protocol_; }
  MilterWire& wire() { return wire_; }

 private:
  MilterClient(Descriptor socket, const MilterClientOptions& options);
  Status negotiate(const MilterOffer& offer);
  Status run_stages(const MilterMail& mail, MilterAnswer& answer);
  Status send_session(const Envelope& envelope, MilterAnswer& answer);
  Status send_envelope(const MilterMail& mail, MilterAnswer& answer);
  Status send_content(const MilterMail& mail, MilterAnswer& answer);
  Status send_body(const MilterMail& mail, MilterAnswer& answer);
  Status end_message(const MilterMail& mail, MilterAnswer& answer);
  Status command(const char* stage, char code, std::string_view payload, std::uint32_t no_reply, MilterAnswer& answer);
  Status take_reply(const char* stage, const Packet& packet, MilterAnswer& answer);
  void queue_macros(char command, const std::vector<std::pair<std::string, std::string>>& macros);

  MilterWire wire_;
  std::uint32_t actions_ = 0, protocol_ = 0;
  bool session_open_ = false;
  bool finished_ = false;  // the milter has answered for this message
};

}  // namespace winnow
