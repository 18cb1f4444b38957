// charset.h - octets of any charset to valid UTF-8 without NUL.
//
// Threads: any.
// Blocks:  never; linear in the octets.
// Fails:   never: what cannot be decoded becomes U+FFFD and is counted in `repairs`. An unknown charset is read as
//          UTF-8 when the octets are UTF-8, else as windows-1252, which is what such mail mostly is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace winnow {

std::string to_utf8(std::string_view octets, std::string_view charset, std::size_t& repairs);

/// Valid UTF-8 without NUL from what should be UTF-8.
std::string repair_utf8(std::string_view octets, std::size_t& repairs);

/// How many octets in front are ASCII.
std::size_t ascii_run(std::string_view text);
bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);

/// Appends one code point. What is no Unicode scalar value becomes U+FFFD; NUL is dropped.
void append_utf8(std::string& text, char32_t code_point);

/// windows-1252 meaning of the octets 128 to 159, also what browsers take &#128; to &#159; for.
char32_t windows_1252(unsigned char octet);

/// Reads the code point at `at` and moves behind it. `text` must be valid UTF-8.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t first = octet(at);
  const std::size_t left = text.size() - at;
  if (first < 0x80 || left < 2) return ++at, first;
  if (first < 0xE0 || left < 3) return at += 2, (first & 0x1F) << 6 | (octet(at - 1) & 0x3F);
  if (first < 0xF0 || left < 4) {
    return at += 3, (first & 0x0F) << 12 | (octet(at - 2) & 0x3F) << 6 | (octet(at - 1) & 0x3F);
  }
  at += 4;
  return (first & 0x07) << 18 | (octet(at - 3) & 0x3F) << 12 | (octet(at - 2) & 0x3F) << 6 | (octet(at - 1) & 0x3F);
}

/// The longest prefix of at most `max` bytes that ends between two characters.
std::string_view utf8_prefix(std::string_view text, std::size_t max);

}  // namespace winnow
