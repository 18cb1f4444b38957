// text_checks.h - questions about text, and ways to show it, that more than one room has before it goes into a header, a
// reply or a message.
//
// Fails:   never; each answers yes or no, a length or a text.
// Source:  RFC 3629 (UTF-8), RFC 5322 2.2 (field names), RFC 5321 4.2 (reply texts are printable ASCII).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

/// Bytes of the UTF-8 sequence that starts at `at`: 1..4, or 0 when it is not a well-formed one.
std::size_t utf8_length_at(std::string_view text, std::size_t at);
std::size_t count_code_points(std::string_view text);  // a malformed byte counts as one

/// The text without anything that could move the cursor, end a line or reorder what a terminal shows: each such
/// character, and each malformed byte, becomes '?'; a tab becomes a blank. The number of code points stays the same.
std::string printable(std::string_view text);

/// The text in quotes for a message: printable, and cut after 60 code points.
std::string quoted_for_message(std::string_view text);

/// "one, two" of these with ", " between them.
std::string join(const std::vector<std::string>& parts, std::string_view between);

bool is_printable_ascii(std::string_view text);  // only 0x20..0x7e; true for ""
bool is_header_name(std::string_view text);      // 1..64 of 0x21..0x7e without ':'

}  // namespace winnow
