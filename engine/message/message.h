// message.h - a message understood: decoded headers, visible text, links, attachments.
//
// Owns:    a Message owns all its texts.
// Threads: read_message from any thread; a Message is immutable afterwards.
// Blocks:  never; work is bounded by MessageLimits whatever the mail holds.
// Fails:   never: any octets give a Message. What was broken or cut is counted in MessageShape.
// Units:   all text is valid UTF-8 without NUL; sizes in bytes.
// Source:  RFC 5322, RFC 2045-2049, RFC 2047, RFC 2231, RFC 8601.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/mail_input.h"

namespace winnow {

struct MessageLimits {
  std::size_t max_headers = 1000;            // header fields kept, and the first of those that mail is read by
  std::size_t max_header_bytes = 16u << 10;  // of one field's value, but of those that mail is read by
  std::size_t max_depth = 20;                // nested parts
  std::size_t max_parts = 500;
  std::size_t max_text_bytes = 256u << 10;  // decoded text kept of all parts together
  std::size_t max_html_bytes = 1u << 20;    // HTML parsed of all parts together
  std::size_t max_links = 1000;
  std::size_t max_addresses = 200;  // of one address header
};

struct Header {
  std::string name;   // as written
  std::string value;  // unfolded, RFC 2047 decoded, UTF-8
};

struct Mailbox {
  std::string name;     // display name, decoded
  std::string address;  // local@domain, domain in lower case; "" when there is none
  std::string domain;
};

struct Link {
  std::string url;     // entities and the base of HTML resolved
  std::string host;    // lower case, IDN in ASCII form; "" for mailto: and the like
  std::string domain;  // registrable domain by the Public Suffix List
  std::string scheme;
  std::string text;         // visible text of the anchor; "" for bare URLs in text
  std::string text_domain;  // registrable domain that the visible text names, "" if none
  bool from_html = false;
  bool is_image = false;      // img src
  bool has_user = false;      // http://paypal.example@other.example/
  bool has_odd_port = false;  // none of those that http and https have
  std::size_t path_at = 0;    // in the URL

  /// With query and fragment.
  std::string_view path() const;
};

struct Attachment {
  std::string name;                      // decoded file name
  std::vector<std::string> other_names;  // that its headers give besides; mail programs differ in which one they take
  std::string extension;                 // lower case without the dot
  std::string declared_type;             // "application/pdf"
  std::string magic_type;  // by first bytes: "pdf", "zip", "exe", "ole", "html", "image", "text", "" unknown
  std::size_t size = 0;
  bool is_body = false;  // what a reader sees first, or its frame, that has a name all the same
};

/// Facts about the HTML of all parts together.
struct HtmlShape {
  std::size_t bytes = 0;
  std::size_t tags = 0;
  std::size_t images = 0;
  std::size_t remote_images = 0;
  std::size_t tiny_images = 0;  // 0x0, 1x1
  std::size_t forms = 0;
  std::size_t scripts = 0;
  std::size_t tables = 0;
  std::size_t comments_in_words = 0;  // a comment or empty tag between two letters
  std::size_t styles = 0;
  std::size_t hidden_text_bytes = 0;
};

struct MessageShape {
  std::size_t parts = 0;
  std::size_t depth = 0;
  std::size_t text_parts = 0;
  std::size_t html_parts = 0;
  std::size_t base64_text_parts = 0;
  std::size_t header_count = 0;  // all, also those not kept
  std::size_t header_bytes = 0;
  std::size_t broken_encodings = 0;  // bytes or words that had to be repaired
  std::size_t nul_bytes = 0;
  bool limits_hit = false;  // something was cut by MessageLimits
  bool is_encrypted = false;
  bool is_signed = false;
  bool is_report = false;             // multipart/report (RFC 6522)
  std::string top_type;               // "multipart/alternative"
  std::vector<std::string> charsets;  // declared, lower case, unique
  std::vector<std::string> types;     // media types of all parts, in order
};

/// Results of RFC 8601 headers whose authserv-id is trusted; "" where there is none.
struct Authentication {
  std::string spf, dkim, dmarc;
  std::string dkim_domain;  // header.d of a passing signature; of several that of the domain in From
};

struct Message {
  Envelope envelope;
  std::uint64_t size = 0;
  bool truncated = false;

  std::vector<Header> headers;
  std::optional<std::int64_t> date;     // seconds since 1970 of the Date header
  std::optional<std::int64_t> arrived;  // of the newest Received header: of mail in a file the receiving side wrote it
  std::string subject;
  std::vector<Mailbox> from, reply_to, sender, to, cc;

  std::string text;         // visible text: text/plain parts, and the visible text of HTML where no plain twin exists
  std::string html_text;    // visible text of the HTML parts and of plain parts beside them; "" without HTML
  std::string hidden_text;  // text a reader of the HTML does not see
  std::vector<Link> links;  // of HTML and of plain text
  std::vector<Attachment> attachments;
  HtmlShape html;
  MessageShape shape;
  Authentication authentication;

  /// When it came: by the session's clock, and without a session as `arrived`. In one the MTA shows no Received header of its
  /// own yet, and the newest there is came from the sender's side.
  std::optional<std::int64_t> arrival() const { return envelope.arrived ? envelope.arrived : arrived; }
  /// The first header of that name (case-insensitive), or null.
  const Header* header(std::string_view name) const;
};

struct ReadOptions {
  MessageLimits limits;
  std::vector<std::string> trusted_authserv_ids;
};

Message read_message(const MailInput& input, const ReadOptions& options = {});

/// Registrable domain of a host by the Public Suffix List ("a.b.co.uk" -> "b.co.uk"); the host itself when it
/// is one already or is an address.
std::string registrable_domain(std::string_view host);

}  // namespace winnow
