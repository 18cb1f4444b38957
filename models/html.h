// html.h - text and numbers on their way into a page.
//
// Fails:   never.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// For text and for attribute values in double quotes. Control characters become spaces.
std::string escape_html(std::string_view text);

/// With this many digits after the point, as SVG wants coordinates.
std::string decimal(double value, int digits);

}  // namespace winnow
