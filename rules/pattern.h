// pattern.h - a regular expression (RE2 syntax), compiled once, searched anywhere in a text.
//
// Owns:    its program.
// Threads: immutable; found_in() from any thread at once.
// Fails:   make_pattern gives null and says why. found_in() runs in time linear in the text and bounded memory.
// Case:    ASCII and Unicode letters match in both cases unless the pattern starts with (?-i).
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

}  // namespace winnow
