// unseen.h - characters that do not show as themselves and must not pass from mail to a terminal or a header.
//
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never.
// Source:  Unicode 15: control characters (Cc), line and paragraph separators, format characters that reorder or hide
//          text (UAX 9, and zero-width ones).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace winnow {

/// Controls move the cursor or change the terminal's state; the others reorder, hide or break text.
bool is_unseen(char32_t code_point);

/// Those, and the blanks of Unicode that no white space of ASCII is: a reader sees nothing where they stand.
bool shows_nothing(char32_t code_point);

/// Leaves out what makes long runs of them longer. White space of ASCII neither counts nor ends a run.
class BlankRuns {
 public:
  /// Appends a text, which must be valid UTF-8, to what came before it.
  void append(std::string_view text, std::string& target);
  /// A text that shows something came in between.
  void end_run() { length_ = 0; }

 private:
  std::size_t length_ = 0;
};

std::string without_long_blanks(std::string text);

}  // namespace winnow
