// html_style.h - what a tag does to the visibility of its text: inline CSS and the old attributes.
//
// Threads: any. Blocks: never; linear in the attributes. Fails: never: CSS that is not understood says
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/message/html_tokenizer.h"

namespace winnow {

/// 0xRRGGBB
using Color = std::uint32_t;

struct TagStyle {
  bool hides = false;      // display:none, zero size, opacity 0, off the page ...
  bool invisible = false;  // visibility:hidden, which a child may take back
  bool visible = false;    // visibility:visible
  std::optional<double> font_pixels;
  std::optional<Color> color;
  std::optional<Color> background;
  bool background_unknown = false;  // an image or gradient
};

TagStyle style_of(const HtmlTag& tag);

/// "#fff", "#ffffff", "rgb(255, 255, 255)", "white"
std::optional<Color> parse_color(std::string_view text);

/// True when a reader cannot tell the two apart.
bool nearly_equal(Color a, Color b);

}  // namespace winnow
