// html_style.h - what a tag does to the visibility of its text: inline CSS and the old attributes.
//
// Threads: any. Blocks: never; linear in the attributes. Fails: never: CSS that is not understood says
// nothing, and a colour that is not understood hides nothing.
#pragma once

#include <optional>

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

TagStyle style_of(const HtmlTag& tag);

}  // namespace winnow
