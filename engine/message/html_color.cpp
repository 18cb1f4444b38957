// html_color.cpp - one look at each letter of a value.
#include "engine/message/html_color.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <system_error>

#include "config/ascii.h"

namespace winnow {
namespace {

constexpr Paint kClear{PaintKind::Clear, 0};
constexpr Paint kUnknown{PaintKind::Unknown, 0};

struct NamedColor {
  std::string_view name;
  Color color;
};

/// All of CSS Color 4, in alphabetical order: a word that is none of them makes a declaration invalid.
// clang-format off
constexpr NamedColor kColors[] = {
    {"aliceblue", 0xF0F8FF}, {"antiquewhite", 0xFAEBD7}, {"aqua", 0x00FFFF}, {"aquamarine", 0x7FFFD4},
    {"azure", 0xF0FFFF}, {"beige", 0xF5F5DC}, {"bisque", 0xFFE4C4}, {"black", 0x000000},
    {"blanchedalmond", 0xFFEBCD}, {"blue", 0x0000FF}, {"blueviolet", 0x8A2BE2}, {"brown", 0xA52A2A},
    {"burlywood", 0xDEB887}, {"cadetblue", 0x5F9EA0}, {"chartreuse", 0x7FFF00}, {"chocolate", 0xD2691E},
    {"coral", 0xFF7F50}, {"cornflowerblue", 0x6495ED}, {"cornsilk", 0xFFF8DC}, {"crimson", 0xDC143C},
    {"cyan", 0x00FFFF}, {"darkblue", 0x00008B}, {"darkcyan", 0x008B8B}, {"darkgoldenrod", 0xB8860B},
    {"darkgray", 0xA9A9A9}, {"darkgreen", 0x006400}, {"darkgrey", 0xA9A9A9}, {"darkkhaki", 0xBDB76B},
    {"darkmagenta", 0x8B008B}, {"darkolivegreen", 0x556B2F}, {"darkorange", 0xFF8C00}, {"darkorchid", 0x9932CC},
    {"darkred", 0x8B0000}, {"darksalmon", 0xE9967A}, {"darkseagreen", 0x8FBC8F}, {"darkslateblue", 0x483D8B},
    {"darkslategray", 0x2F4F4F}, {"darkslategrey", 0x2F4F4F}, {"darkturquoise", 0x00CED1}, {"darkviolet", 0x9400D3},
    {"deeppink", 0xFF1493}, {"deepskyblue", 0x00BFFF}, {"dimgray", 0x696969}, {"dimgrey", 0x696969},
    {"dodgerblue", 0x1E90FF}, {"firebrick", 0xB22222}, {"floralwhite", 0xFFFAF0}, {"forestgreen", 0x228B22},
    {"fuchsia", 0xFF00FF}, {"gainsboro", 0xDCDCDC}, {"ghostwhite", 0xF8F8FF}, {"gold", 0xFFD700},
    {"goldenrod", 0xDAA520}, {"gray", 0x808080}, {"green", 0x008000}, {"greenyellow", 0xADFF2F}, {"grey", 0x808080},
    {"honeydew", 0xF0FFF0}, {"hotpink", 0xFF69B4}, {"indianred", 0xCD5C5C}, {"indigo", 0x4B0082},
    {"ivory", 0xFFFFF0}, {"khaki", 0xF0E68C}, {"lavender", 0xE6E6FA}, {"lavenderblush", 0xFFF0F5},
    {"lawngreen", 0x7CFC00}, {"lemonchiffon", 0xFFFACD}, {"lightblue", 0xADD8E6}, {"lightcoral", 0xF08080},
    {"lightcyan", 0xE0FFFF}, {"lightgoldenrodyellow", 0xFAFAD2}, {"lightgray", 0xD3D3D3}, {"lightgreen", 0x90EE90},
    {"lightgrey", 0xD3D3D3}, {"lightpink", 0xFFB6C1}, {"lightsalmon", 0xFFA07A}, {"lightseagreen", 0x20B2AA},
    {"lightskyblue", 0x87CEFA}, {"lightslategray", 0x778899}, {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xB0C4DE}, {"lightyellow", 0xFFFFE0}, {"lime", 0x00FF00}, {"limegreen", 0x32CD32},
    {"linen", 0xFAF0E6}, {"magenta", 0xFF00FF}, {"maroon", 0x800000}, {"mediumaquamarine", 0x66CDAA},
    {"mediumblue", 0x0000CD}, {"mediumorchid", 0xBA55D3}, {"mediumpurple", 0x9370DB}, {"mediumseagreen", 0x3CB371},
    {"mediumslateblue", 0x7B68EE}, {"mediumspringgreen", 0x00FA9A}, {"mediumturquoise", 0x48D1CC},
    {"mediumvioletred", 0xC71585}, {"midnightblue", 0x191970}, {"mintcream", 0xF5FFFA}, {"mistyrose", 0xFFE4E1},
    {"moccasin", 0xFFE4B5}, {"navajowhite", 0xFFDEAD}, {"navy", 0x000080}, {"oldlace", 0xFDF5E6},
    {"olive", 0x808000}, {"olivedrab", 0x6B8E23}, {"orange", 0xFFA500}, {"orangered", 0xFF4500},
    {"orchid", 0xDA70D6}, {"palegoldenrod", 0xEEE8AA}, {"palegreen", 0x98FB98}, {"paleturquoise", 0xAFEEEE},
    {"palevioletred", 0xDB7093}, {"papayawhip", 0xFFEFD5}, {"peachpuff", 0xFFDAB9}, {"peru", 0xCD853F},
    {"pink", 0xFFC0CB}, {"plum", 0xDDA0DD}, {"powderblue", 0xB0E0E6}, {"purple", 0x800080},
    {"rebeccapurple", 0x663399}, {"red", 0xFF0000}, {"rosybrown", 0xBC8F8F}, {"royalblue", 0x4169E1},
    {"saddlebrown", 0x8B4513}, {"salmon", 0xFA8072}, {"sandybrown", 0xF4A460}, {"seagreen", 0x2E8B57},
    {"seashell", 0xFFF5EE}, {"sienna", 0xA0522D}, {"silver", 0xC0C0C0}, {"skyblue", 0x87CEEB},
    {"slateblue", 0x6A5ACD}, {"slategray", 0x708090}, {"slategrey", 0x708090}, {"snow", 0xFFFAFA},
    {"springgreen", 0x00FF7F}, {"steelblue", 0x4682B4}, {"tan", 0xD2B48C}, {"teal", 0x008080},
    {"thistle", 0xD8BFD8}, {"tomato", 0xFF6347}, {"turquoise", 0x40E0D0}, {"violet", 0xEE82EE}, {"wheat", 0xF5DEB3},
    {"white", 0xFFFFFF}, {"whitesmoke", 0xF5F5F5}, {"yellow", 0xFFFF00}, {"yellowgreen", 0x9ACD32},
};
// clang-format on

/// Names that the reader's system gives a colour.
constexpr std::string_view kSystemColors[] = {
    "accentcolor",   "accentcolortext", "activetext", "buttonborder", "buttonface",   "buttontext",
    "canvas",        "canvastext",      "field",      "fieldtext",    "graytext",     "highlight",
    "highlighttext", "linktext",        "mark",       "marktext",     "selecteditem", "selecteditemtext",
    "visitedtext",   "window",          "windowtext", "menu",         "menutext",     "infobackground",
    "infotext",
};

/// Of the background shorthand: how a picture would lie, and that there is none.
constexpr std::string_view kPaintNothing[] = {
    "none",  "inherit", "initial", "unset", "revert",     "repeat",      "no-repeat",   "repeat-x", "repeat-y",
    "space", "round",   "scroll",  "fixed", "local",      "center",      "top",         "bottom",   "left",
    "right", "cover",   "contain", "auto",  "border-box", "padding-box", "content-box",
};

Paint paint_of(Color color, double alpha) {
  constexpr double kHardlySeen = 0.05;  // as for the property opacity
  if (alpha < kHardlySeen) return kClear;
  return alpha > 1 - kHardlySeen ? Paint{PaintKind::Solid, color} : kUnknown;
}

/// 3, 4, 6 or 8 digits; the fourth part, if there is one, is how much the colour covers.
Paint read_hex(std::string_view digits) {
  if (digits.size() != 3 && digits.size() != 4 && digits.size() != 6 && digits.size() != 8) return {};
  const std::size_t width = digits.size() > 4 ? 2 : 1;
  std::array<int, 4> parts = {0, 0, 0, 255};
  for (std::size_t i = 0; i < digits.size(); i += width) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + width - 1]);
    if (high < 0 || low < 0) return {};
    parts[i / width] = high * 16 + low;
  }
  return paint_of(static_cast<Color>(parts[0] << 16 | parts[1] << 8 | parts[2]), parts[3] / 255.0);
}

/// What stands behind the bracket: "1, 2, 3)", "10%, 20%, 30%, 0.4)", "1 2 3 / 40%)".
Paint read_rgb(std::string_view arguments) {
  arguments = arguments.substr(0, 200);  // reading a number need not take time linear in its digits
  std::array<double, 4> parts = {0, 0, 0, 1};
  std::size_t count = 0;
  while (true) {
    while (!arguments.empty() && (is_space(arguments[0]) || arguments[0] == ',' || arguments[0] == '/'))
      arguments.remove_prefix(1);
    if (arguments.empty() || arguments[0] == ')') break;
    double number = 0;
    const auto [end, error] = std::from_chars(arguments.data(), arguments.data() + arguments.size(), number);
    if (error != std::errc() || !std::isfinite(number) || count == parts.size()) return kUnknown;
    arguments.remove_prefix(static_cast<std::size_t>(end - arguments.data()));
    const double whole = count == 3 ? 1 : 255;
    if (!arguments.empty() && arguments[0] == '%') {
      number = number * whole / 100;
      arguments.remove_prefix(1);
    }
    parts[count++] = std::clamp(number, 0.0, whole);
  }
  if (count < 3) return kUnknown;
  Color color = 0;
  for (std::size_t i = 0; i < 3; ++i) color = color << 8 | static_cast<Color>(parts[i]);
  return paint_of(color, parts[3]);
}

/// The first word of a list; blanks, commas and slashes within brackets do not part words.
std::string_view take_word(std::string_view& list) {
  const auto parts_words = [](char c) { return is_space(c) || c == ',' || c == '/'; };
  while (!list.empty() && parts_words(list[0])) list.remove_prefix(1);
  std::size_t end = 0, depth = 0;
  for (; end < list.size() && (depth > 0 || !parts_words(list[end])); ++end) {
    if (list[end] == '(') ++depth;
    if (list[end] == ')' && depth > 0) --depth;
  }
  const std::string_view word = list.substr(0, end);
  list.remove_prefix(end);
  return word;
}

/// A word of the background shorthand that is neither a colour nor a picture.
bool paints_nothing(std::string_view word) {
  const std::size_t number = word[0] == '-' || word[0] == '+' ? 1 : 0;
  const bool is_length = word.size() > number && (is_digit(word[number]) || word[number] == '.');
  return is_length || is_among_ignoring_case(kPaintNothing, word);
}

Paint named_paint(std::string_view word) {
  if (equal_ignoring_case(word, "transparent")) return kClear;
  for (const NamedColor& named : kColors) {
    if (equal_ignoring_case(word, named.name)) return {PaintKind::Solid, named.color};
  }
  return is_among_ignoring_case(kSystemColors, word) ? kUnknown : Paint{};
}

}  // namespace

Paint read_paint(std::string_view text) {
  const std::string_view word = trim(text).substr(0, trim(text).find_first_of(" \t\r\n;!"));
  const std::size_t bracket = text.find('(');
  if (bracket != std::string_view::npos) {
    const std::string_view function = trim(text.substr(0, bracket));
    const bool is_rgb = equal_ignoring_case(function, "rgb") || equal_ignoring_case(function, "rgba");
    return is_rgb ? read_rgb(text.substr(bracket + 1)) : kUnknown;
  }
  if (word.empty()) return {};
  if (word[0] == '#') return read_hex(word.substr(1));
  const Paint named = named_paint(word);
  return named.kind == PaintKind::Unsaid && word.size() == 6 ? read_hex(word) : named;
}

Paint read_background(std::string_view css) {
  css = trim(css);
  if (css.empty()) return {};
  Paint paint = kClear;
  while (true) {
    const std::string_view word = take_word(css);
    if (word.empty()) return paint;
    const Paint read = read_paint(word);
    if (read.kind == PaintKind::Unknown) return kUnknown;
    if (read.kind == PaintKind::Unsaid && !paints_nothing(word)) return {};
    if (read.kind == PaintKind::Solid) paint = read;
  }
}

bool nearly_equal(Color a, Color b) {
  constexpr int kDistance = 24;
  for (int shift = 0; shift <= 16; shift += 8) {
    const int difference = static_cast<int>(a >> shift & 0xFF) - static_cast<int>(b >> shift & 0xFF);
    if (std::abs(difference) > kDistance) return false;
  }
  return true;
}

}  // namespace winnow
