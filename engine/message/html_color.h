// html_color.h - the colours that CSS and the old attributes of HTML name.
//
// Threads: any. Blocks: never; linear in the text. Fails: never: a colour that is not understood is Unknown, not none.
// Source:  CSS Color 4; of its notations those that mail uses: #rgb, rgb() and the commonest names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace winnow {

/// 0xRRGGBB
using Color = std::uint32_t;

enum class PaintKind {
  Unsaid,  // there is no value
  Solid,
  Clear,   // what lies below is seen
  Unknown  // an image, a gradient, half transparent, or a notation that is not read here
};

struct Paint {
  PaintKind kind = PaintKind::Unsaid;
  Color color = 0;  // of a solid one
};

/// "#fff", "#ffffffff", "rgb(255, 255, 255)", "white", "transparent"
Paint read_paint(std::string_view text);

/// The value of CSS's background, background-color or background-image.
Paint read_background(std::string_view css);

/// The colour where the paint is solid.
std::optional<Color> parse_color(std::string_view text);

/// True when a reader cannot tell the two apart.
bool nearly_equal(Color a, Color b);

}  // namespace winnow
