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

constexpr NamedColor kColors[] = {
    {"white", 0xFFFFFF},     {"black", 0x000000},      {"red", 0xFF0000},    {"green", 0x008000},
    {"blue", 0x0000FF},      {"yellow", 0xFFFF00},     {"gray", 0x808080},   {"grey", 0x808080},
    {"silver", 0xC0C0C0},    {"navy", 0x000080},       {"snow", 0xFFFAFA},   {"whitesmoke", 0xF5F5F5},
    {"ivory", 0xFFFFF0},     {"orange", 0xFFA500},     {"maroon", 0x800000}, {"lightgrey", 0xD3D3D3},
    {"lightgray", 0xD3D3D3}, {"ghostwhite", 0xF8F8FF}, {"purple", 0x800080}, {"teal", 0x008080},
    {"olive", 0x808000},     {"lime", 0x00FF00},       {"aqua", 0x00FFFF},   {"fuchsia", 0xFF00FF},
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

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// 3, 4, 6 or 8 digits; the fourth part, if there is one, is how much the colour covers.
Paint read_hex(std::string_view digits) {
  if (digits.size() != 3 && digits.size() != 4 && digits.size() != 6 && digits.size() != 8) return kUnknown;
  const std::size_t width = digits.size() > 4 ? 2 : 1;
  std::array<int, 4> parts = {0, 0, 0, 255};
  for (std::size_t i = 0; i < digits.size(); i += width) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + width - 1]);
    if (high < 0 || low < 0) return kUnknown;
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

bool paints_nothing(std::string_view word) {
  if (is_digit(word[0]) || word[0] == '-' || word[0] == '.') return true;  // where a picture would lie
  return std::any_of(std::begin(kPaintNothing), std::end(kPaintNothing),
                     [&](std::string_view known) { return equal_ignoring_case(word, known); });
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
  if (equal_ignoring_case(word, "transparent")) return kClear;
  for (const NamedColor& named : kColors)
    if (equal_ignoring_case(word, named.name)) return {PaintKind::Solid, named.color};
  return word.size() == 6 ? read_hex(word) : kUnknown;
}

Paint read_background(std::string_view css) {
  css = trim(css);
  if (css.empty()) return {};
  Paint paint = kClear;
  while (true) {
    const std::string_view word = take_word(css);
    if (word.empty()) return paint;
    const Paint read = read_paint(word);
    if (read.kind == PaintKind::Unknown && !paints_nothing(word)) return kUnknown;
    if (read.kind == PaintKind::Solid) paint = read;
  }
}

std::optional<Color> parse_color(std::string_view text) {
  const Paint paint = read_paint(text);
  return paint.kind == PaintKind::Solid ? std::optional<Color>(paint.color) : std::nullopt;
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
