// mime_codec.h - what GMime decodes: encoded words, address lists, parameters, dates.
//
// Owns:    results own their texts.
// Threads: any; GMime is initialised once.
// Blocks:  never. Values are bounded by the caller (HeaderLimits) and here by the number of
//          parameters, because GMime looks parameters up one by one.
// Fails:   never: what cannot be decoded stays as it is, as valid UTF-8.
// Source:  RFC 2045, RFC 2047, RFC 2231, RFC 5322.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"

namespace winnow {

/// A header value as people read it: encoded words decoded, valid UTF-8.
std::string decode_header_text(const std::string& value, std::size_t& repairs);

std::vector<Mailbox> parse_mailboxes(const std::string& value, std::size_t max, std::size_t& repairs);

std::optional<std::int64_t> parse_date(const std::string& value);

struct ContentType {
  std::string type = "text/plain";  // lower case
  std::string charset;
  std::string boundary;
  std::string name;                      // decoded
  std::vector<std::string> other_names;  // of further parameters "name"
  std::string protocol;                  // of multipart/signed and the like
  std::string delsp;                     // "yes": a blank before a line end goes with it (RFC 3676)
  bool cut = false;                      // there were too many parameters
};
/// RFC 2045 5.2: without or with a broken header it is text/plain.
ContentType parse_content_type(const std::string* value, std::size_t& repairs);

struct ContentDisposition {
  bool is_attachment = false;
  std::string file_name;                 // decoded
  std::vector<std::string> other_names;  // of further parameters "filename"
  bool cut = false;                      // there were too many parameters
};
ContentDisposition parse_content_disposition(const std::string* value, std::size_t& repairs);

}  // namespace winnow
