// header_block.h - the header fields of a message or part, cut out of the octets.
//
// Owns:    nothing; `rest` borrows from the octets given.
// Fails:   never: a line that is no header field is skipped and counted.
// Units:   line ends are LF (see normalise_line_ends).
// Source:  RFC 5322 section 2.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

struct RawHeader {
  std::string_view name;
  std::string value;  // unfolded, otherwise the octets as they came
};

/// The fields that a reader sees and that a body is read by. What stands in front of them must not hide them, so of each name
/// the first is kept where others are not.
class EssentialFields {
 public:
  /// Of each field in turn: whether it has such a name, and is the first of it.
  bool is_first(std::string_view name);

 private:
  unsigned seen_ = 0;  // a bit for each name
};

/// Of one of them. Postfix passes 100 KiB (header_size_limit), and a boundary or an address may stand behind a comment as long.
inline constexpr std::size_t kMaxEssentialBytes = 128u << 10;

struct HeaderBlock {
  std::vector<RawHeader> fields;  // the first max_fields, and behind them the first of each that mail is read by
  std::size_t field_count = 0;    // all
  std::size_t skipped_lines = 0;  // neither a field nor the continuation of one
  std::size_t bytes = 0;
  EssentialFields essential;
  std::size_t room = 0;  // for more of the field that was read last; of one that is not kept none is needed
  bool kept_last = false;
  bool cut = false;  // a field or a value was left out by the limits

  /// The first field of that name (case-insensitive), or null.
  const std::string* value(std::string_view name) const;
};

struct HeaderLimits {
  std::size_t max_fields = 1000;
  std::size_t max_value_bytes = 16u << 10;
  std::size_t max_essential_bytes = kMaxEssentialBytes;
};

/// Reads fields from the start of `octets`; `body_at` gets the position behind the empty line that ends them.
/// A line for which `stop(line)` holds ends them too, and is left for the body: a MIME boundary.
template <typename Stop>
HeaderBlock read_header_block(std::string_view octets, const HeaderLimits& limits, std::size_t& body_at, Stop stop);

HeaderBlock read_header_block(std::string_view octets, const HeaderLimits& limits, std::size_t& body_at);

/// CRLF to LF; a lone CR stays.
std::string normalise_line_ends(std::string_view octets);

/// Whether the line is the first of a field.
bool begins_field(std::string_view line);

/// Takes one line of a header block.
void add_header_line(std::string_view line, const HeaderLimits& limits, HeaderBlock& block);

template <typename Stop>
HeaderBlock read_header_block(std::string_view octets, const HeaderLimits& limits, std::size_t& body_at, Stop stop) {
  constexpr std::size_t kUsual = 32;  // fields of a mail that came a long way
  HeaderBlock block;
  block.fields.reserve(kUsual);
  body_at = 0;
  while (body_at < octets.size()) {
    std::size_t end = octets.find('\n', body_at);
    if (end == std::string_view::npos) end = octets.size();
    const std::string_view line = octets.substr(body_at, end - body_at);
    if (stop(line)) break;
    body_at = end < octets.size() ? end + 1 : end;
    if (line.empty() || line == "\r") break;
    add_header_line(line, limits, block);
  }
  block.bytes = body_at;
  return block;
}

}  // namespace winnow
