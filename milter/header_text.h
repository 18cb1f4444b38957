// header_text.h - makes any text fit to stand in a header, a reply or a quarantine reason.
//
// Fails:   never; what may not pass is replaced or left out.
// Units:   bytes; lines of a header are kept under 78 octets where a blank allows it, and under 998 always.
// Source:  RFC 5322 2.1.1 and 2.2 (lines, fields), RFC 2047 (encoded words), RFC 5321 4.5.3.1.5 (reply lines).
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// True for a header field name: one or more printable ASCII characters without colon (RFC 5322 3.6.8).
bool is_field_name(std::string_view name);

/// Printable ASCII on one line: every other octet becomes '?', at most `max_bytes`.
std::string plain_line(std::string_view text, std::size_t max_bytes);

/// For header values given by a person (rules): control characters become blanks, text that is not ASCII RFC 2047
/// encoded words.
std::string header_value(std::string_view utf8);

/// Words of the mail within a header's value: one line of at most `max_bytes` of the text, unseen characters as '?', no
/// ';' or '=' that would end a key or begin an encoded word, and what is not ASCII as RFC 2047 encoded words.
std::string mail_words(std::string_view text, std::size_t max_bytes);

/// Breaks the value of `name` at blanks with "\n\t".
std::string folded(std::string_view name, std::string_view value);

/// A header value that came with the mail, to be written back changed: keeps folds, drops NUL, CR and line breaks that
/// are no folds.
std::string kept_value(std::string_view raw);

}  // namespace winnow
