// charset.h - octets of any charset to valid UTF-8 without NUL.
//
// Threads: any.
// Blocks:  never; linear in the octets.
// Fails:   never: what cannot be decoded becomes U+FFFD and is counted in `repairs`. An unknown charset is
// read as UTF-8
//          when the octets are UTF-8, else as windows-1252, which is what such mail mostly is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace winnow {

std::string to_utf8(std::string_view octets, std::string_view charset, std::size_t& repairs);

/// Valid UTF-8 without NUL from what should be UTF-8.
std::string repair_utf8(std::string_view octets, std::size_t& repairs);

bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text);

/// Appends one code point. What is no Unicode scalar value becomes U+FFFD; NUL is dropped.
void append_utf8(std::string& text, char32_t code_point);

/// windows-1252 meaning of the octets 128 to 159, also what browsers take &#128; to &#159; for.
char32_t windows_1252(unsigned char octet);

/// Reads the code point at `at` and moves behind it. `text` must be valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// The longest prefix of at most `max` bytes that ends between two characters.
std::string_view utf8_prefix(std::string_view text, std::size_t max);

}  // namespace winnow
