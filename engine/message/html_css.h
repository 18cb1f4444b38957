// html_css.h - the small words of CSS: comments, lengths, and how large letters are.
//
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never: what is no length is none.
// Units:   pixels of CSS. What depends on the reader's window is taken for one of 800 by 800 pixels.
// Source:  CSS Values 4, CSS Fonts 4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace winnow {

constexpr double kOrdinaryFont = 16;

/// Most have none, and are not copied.
std::string without_css_comments(std::string css);

/// A number with a unit that there is, or without one, or a function: calc(), var().
bool is_length(std::string_view word);

/// nullopt for percentages but 0%, words and functions. "em" is that of ordinary letters.
std::optional<double> pixels(std::string_view value);

/// The size of letters.
struct FontSize {
  double number = kOrdinaryFont;
  bool is_share = false;  // of the parent's: em, %
};

/// nullopt where it is the parent's. A size that cannot be told is an ordinary one.
std::optional<FontSize> read_font_size(std::string_view value);

/// The font-size within the value of the shorthand "font"; "" where it is not valid.
std::string_view size_of_font(std::string_view font);

}  // namespace winnow
