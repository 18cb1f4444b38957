// html_color.h - the colours that CSS and the old attributes of HTML name.
//
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never: a colour that is not understood is Unknown, and what is no colour at all is none.
// Source:  CSS Color 4; of its notations those that mail uses: #rgb, rgb() and names.
#pragma once

#include <cstdint>
#include <string_view>

namespace winnow {

/// 0xRRGGBB
using Color = std::uint32_t;

enum class PaintKind {
  Unsaid,  // there is no value, or one that no browser takes
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

/// True when a reader cannot tell the two apart.
bool nearly_equal(Color a, Color b);

}  // namespace winnow
