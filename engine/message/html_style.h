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
#include "engine/message/html_css.h"
#include "engine/message/html_elements.h"
#include "engine/message/html_style_sheet.h"
#include "engine/message/html_tokenizer.h"

namespace winnow {

enum class Display {
  Unsaid,
  None,    // takes no room
  Inline,  // stands within a line
  Table,   // grows with what it holds
  Box
};

struct TagStyle {
  Display display = Display::Unsaid;
  bool hides = false;      // no room, opacity 0, off the page ...
  bool invisible = false;  // visibility:hidden, which a child may take back
  bool visible = false;    // visibility:visible
  std::optional<FontSize> font_size;
  std::optional<double> text_indent;  // pixels
  Paint color;
  Paint background;
};

/// What one style attribute says.
struct InlineStyle {
  TagStyle style;
  bool has_no_room = false;  // if it is a box
  bool is_placed = false;    // it is a box, whatever the element is
  // Which of the tag's old attributes, and of the style sheets, it stands in for.
  bool says_color = false, says_background = false, says_picture = false, says_size = false;
};

/// Of the tags of one document.
class StyleReader {
 public:
  /// The content of a style element, for the tags behind it.
  void read_sheet(std::string_view css) { sheets_.read(css); }
  TagStyle style_of(const HtmlTag& tag, const Element& element);

 private:
  const InlineStyle& inline_style(const HtmlTag& tag);

  std::unordered_map<std::string_view, InlineStyle> read_;  // by the attribute as written
  StyleSheets sheets_;
};

}  // namespace winnow
