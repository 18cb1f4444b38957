// html_style.h - what a tag does to the visibility of its text: inline CSS and the old attributes.
//
// Owns:    what the style attributes said that it has read; their texts are the HTML's, which must outlive it.
// Threads: one per document.
// Blocks:  never; linear in the attributes.
// Fails:   never: CSS that is not understood says nothing, and a colour that is not understood hides nothing.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "engine/message/html_color.h"
#include "engine/message/html_tokenizer.h"

namespace winnow {

struct TagStyle {
  bool hides = false;      // display:none, zero size, opacity 0, off the page ...
  bool invisible = false;  // visibility:hidden, which a child may take back
  bool visible = false;    // visibility:visible
  std::optional<double> font_pixels;
  Paint color;
  Paint background;
};

/// What one style attribute says.
struct InlineStyle {
  TagStyle style;
  // Which of the tag's old attributes it stands in for.
  bool says_display = false, says_color = false, says_background = false, says_picture = false;
};

/// Of the tags of one document.
class StyleReader {
 public:
  TagStyle style_of(const HtmlTag& tag);

 private:
  const InlineStyle& inline_style(const HtmlTag& tag);

  std::unordered_map<std::string_view, InlineStyle> read_;  // by the attribute as written
};

}  // namespace winnow
