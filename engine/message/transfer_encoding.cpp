// transfer_encoding.cpp - quoted-printable and uuencode are GMime's, whose decoders need no set-up; base64 is our own.
#include "engine/message/transfer_encoding.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "config/ascii.h"

namespace winnow {
namespace {

/// Length of the soft line break in front of a text, or 0. RFC 2045 6.7 has blanks behind its "=" deleted; GMime takes it
/// all for text then.
std::size_t soft_break_length(std::string_view text) {
  std::size_t end = text.find_first_not_of(" \t", 1);
  if (end != std::string_view::npos && text[end] == '\r') ++end;
  return end < text.size() && text[end] == '\n' ? end + 1 : 0;
}

constexpr std::size_t kEscape = 3;  // octets of "=3D"

/// What the escape in front of a text stands for; nullopt when it is no escape.
std::optional<char> escaped_octet(std::string_view text) {
  if (text.size() < kEscape) return std::nullopt;
  const int high = hex_digit(text[1]), low = hex_digit(text[2]);
  return high < 0 || low < 0 ? std::nullopt : std::optional(static_cast<char>(high * 16 + low));
}

/// Quoted-printable is plain text between its escapes: that is copied, and GMime sees only what is neither. It takes a
/// dozen times as long for an escape, and HTML has one at each attribute.
std::size_t decode_quoted(GMimeEncoding& state, std::string_view block, char* out) {
  char* const begin = out;
  while (!block.empty()) {
    if (state.state == 0) {
      const std::size_t plain = std::min(block.find('='), block.size());
      std::memcpy(out, block.data(), plain);
      out += plain;
      block.remove_prefix(plain);
      if (const std::optional<char> octet = escaped_octet(block)) {
        *out++ = *octet;
        block.remove_prefix(kEscape);
        continue;
      }
      if (const std::size_t soft_break = block.empty() ? 0 : soft_break_length(block)) {
        block.remove_prefix(soft_break);
        continue;
      }
    }
    const std::size_t length = std::min(kEscape, block.size());
    out += g_mime_encoding_step(&state, block.data(), length, out);
    block.remove_prefix(length);
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t decode_block(GMimeEncoding& state, std::string_view block, char* out) {
  if (state.encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) return decode_quoted(state, block, out);
  return g_mime_encoding_step(&state, block.data(), block.size(), out);
}

/// The value of each octet as a digit of base64, or -1.
constexpr std::array<signed char, 256> base64_digits() {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<signed char, 256> values{};
  for (signed char& value : values) value = -1;
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<signed char>(i);
  return values;
}

/// Padding ends a group, not the text: a text encoded in pieces is read to its end. GMime 3.2.13 (Debian 12) drops what
/// follows padding, later ones do not (jstedfast/gmime issue 133), so a message would say different things.
std::string decode_base64(std::string_view octets, std::size_t max_bytes, bool& cut) {
  static constexpr std::array<signed char, 256> kValues = base64_digits();
  std::string decoded;
  decoded.reserve(std::min(max_bytes, octets.size() / 4 * 3 + 2));
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : octets) {
    const signed char value = kValues[static_cast<unsigned char>(c)];
    if (c == '=') bits = 0;
    if (value < 0) continue;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    if (decoded.size() == max_bytes) {
      cut = true;
      break;
    }
    bits -= 8;
    decoded += static_cast<char>(group >> bits & 0xFF);
  }
  return decoded;
}

std::string decode_in_blocks(GMimeEncoding& state, std::string_view octets, std::size_t max_bytes, bool& cut) {
  std::string decoded;
  constexpr std::size_t kBlock = 48 << 10;
  while (!octets.empty() && decoded.size() < max_bytes) {
    const std::string_view block = octets.substr(0, kBlock);
    octets.remove_prefix(block.size());
    const std::size_t before = decoded.size();
    decoded.resize(before + g_mime_encoding_outlen(&state, block.size()));
    decoded.resize(before + decode_block(state, block, decoded.data() + before));
  }
  if (!octets.empty() || decoded.size() > max_bytes) cut = true;
  if (decoded.size() > max_bytes) decoded.resize(max_bytes);
  return decoded;
}

/// The name in "begin 644 name"; nullopt when the line is none.
std::optional<std::string_view> uu_name(std::string_view line) {
  constexpr std::string_view kBegin = "begin ";
  if (!line.starts_with(kBegin)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const std::size_t digits = std::min(line.find_first_not_of("01234567"), line.size());
  if (digits < 3 || digits > 4 || digits == line.size() || line[digits] != ' ') return std::nullopt;
  return trim(line.substr(digits));
}

/// Whether a line looks like data: as many digits as its first one says, but for blanks at the end that were lost.
bool is_uu_line(std::string_view line) {
  if (line.size() < 2 || !std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; }))
    return false;
  const std::size_t octets = static_cast<std::size_t>(line[0] - ' ') & 63;
  return octets > 0 && line.size() > octets && line.size() <= (octets + 2) / 3 * 4 + 2;
}

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

/// The first line "begin 644 name" from `at` on; npos when there is none.
std::size_t find_uu_begin(std::string_view text, std::size_t at) {
  while (at < text.size() && !uu_name(line_at(text, at))) {
    at = text.find("\nbegin ", at);
    if (at != std::string_view::npos) ++at;
  }
  return at < text.size() ? at : std::string_view::npos;
}

}  // namespace

TransferEncoding parse_transfer_encoding(const std::string* value) {
  if (value == nullptr) return TransferEncoding::None;
  std::string_view name = *value;
  name.remove_prefix(std::min(name.find_first_not_of(" \t\""), name.size()));
  if (starts_ignoring_case(name, "base64")) return TransferEncoding::Base64;
  if (starts_ignoring_case(name, "quoted-printable")) return TransferEncoding::QuotedPrintable;
  for (const char* uu : {"x-uuencode", "uuencode", "x-uue", "x-uu"}) {
    if (starts_ignoring_case(name, uu)) return TransferEncoding::UuEncode;
  }
  return TransferEncoding::None;
}

std::string decode_transfer(std::string_view octets, TransferEncoding encoding, std::size_t max_bytes, bool& cut) {
  if (encoding == TransferEncoding::None) {
    if (octets.size() > max_bytes) cut = true;
    return std::string(octets.substr(0, max_bytes));
  }
  if (encoding == TransferEncoding::Base64) return decode_base64(octets, max_bytes, cut);
  GMimeContentEncoding kind = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  if (encoding == TransferEncoding::UuEncode) kind = GMIME_CONTENT_ENCODING_UUENCODE;
  if (encoding == TransferEncoding::UuEncode) {
    // GMime's decoder takes the line in front of the data for data.
    const std::size_t begin = find_uu_begin(octets, 0);
    if (begin != std::string_view::npos) octets.remove_prefix(begin + line_at(octets, begin).size());
  }
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, kind);
  return decode_in_blocks(state, octets, max_bytes, cut);
}

std::vector<UuFile> find_uu_files(std::string_view text, std::size_t max) {
  std::vector<UuFile> files;
  std::size_t at = 0;
  while (files.size() < max && (at = find_uu_begin(text, at)) != std::string_view::npos) {
    const std::string_view line = line_at(text, at);
    const std::size_t data = std::min(at + line.size() + 1, text.size());
    if (is_uu_line(line_at(text, data))) files.push_back({std::string(*uu_name(line)), text.substr(at)});
    at = data;
  }
  return files;
}

}  // namespace winnow
