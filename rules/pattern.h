// pattern.h - a regular expression (RE2 syntax) or a plain text, compiled once, searched in a text.
//
// Owns:    its program.
// Threads: immutable; found_in() from any thread at once.
// Fails:   what makes a pattern gives null and says why. found_in() runs in time linear in the text and bounded memory.
// Case:    the letters of all scripts match in both cases, letter by letter (one for two, as in ß and SS, do not), unless a
//          regular expression starts with (?-i).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace winnow {

class TextPattern {
 public:
  virtual ~TextPattern() = default;
  virtual bool found_in(std::string_view text) const = 0;
};

std::shared_ptr<const TextPattern> make_pattern(const std::string& pattern, std::string& why_not);

/// Where a plain text has to stand in another.
enum class TextPlace { Anywhere, Start, End, Whole };

std::shared_ptr<const TextPattern> make_plain_pattern(const std::string& text, TextPlace place, std::string& why_not);

}  // namespace winnow
