// text_facts.h - counts over one text, in one pass.
//
// Threads: any.
// Blocks:  never; linear, at most kMaxCountedBytes.
// Fails:   never. `text` must be valid UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace winnow {

constexpr std::size_t kMaxCountedBytes = 64u << 10;

struct TextFacts {
  std::size_t characters = 0;
  std::size_t letters = 0;
  std::size_t capitals = 0;  // letters of scripts with case
  std::size_t digits = 0;
  std::size_t words = 0;          // runs of letters
  std::size_t capital_words = 0;  // of three letters and more, all capitals
  std::size_t exclamations = 0;
  std::size_t exclamation_run = 0;  // the longest
  std::size_t questions = 0;
  std::size_t percents = 0;
  std::size_t amounts = 0;        // a currency sign or code beside a digit
  std::size_t phone_numbers = 0;  // 9 to 15 digits with or beside a separator
  std::size_t zero_width = 0;
  std::size_t styled_letters = 0;
  std::size_t emoji = 0;
  std::size_t mixed_words = 0;  // Latin and Cyrillic or Greek letters in one word
  std::size_t longest_word = 0;
  std::size_t lines = 0;
  std::size_t latin = 0, cyrillic = 0, cjk = 0, arabic = 0, other_script = 0;
};

TextFacts count_text(std::string_view text);

}  // namespace winnow
