// html_style.cpp - splits "property: value; ..." and knows the dozen properties by which text is hidden.
#include "engine/message/html_style.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "config/ascii.h"

namespace winnow {
namespace {

struct NamedColor {
  std::string_view name;
  Color color;
};

constexpr NamedColor kColors[] = {
    {"white", 0xFFFFFF},     {"black", 0x000000},      {"red", 0xFF0000},    {"green", 0x008000},
    {"blue", 0x0000FF},      {"yellow", 0xFFFF00},     {"gray", 0x808080},   {"grey", 0x808080},
    {"silver", 0xC0C0C0},    {"navy", 0x000080},       {"snow", 0xFFFAFA},   {"whitesmoke", 0xF5F5F5},
    {"ivory", 0xFFFFF0},     {"orange", 0xFFA500},     {"maroon", 0x800000}, {"lightgrey", 0xD3D3D3},
    {"lightgray", 0xD3D3D3}, {"ghostwhite", 0xF8F8FF},
};

/// What the declarations of one style attribute add up to; some hide only together.
struct Sizes {
  bool zero_width = false, zero_height = false, zero_max_height = false, zero_max_width = false;
  bool clips = false;       // overflow:hidden
  bool positioned = false;  // position:absolute or fixed
  bool off_page = false;    // left:-9999px and the like
};

/// A length in pixels: "0", "1px", ".5em", "2pt"; nullopt for percentages and words.
std::optional<double> pixels(std::string_view value) {
  std::size_t end = 0;
  while (end < value.size() && (is_digit(value[end]) || value[end] == '.' || (end == 0 && value[end] == '-')))
    ++end;
  if (end == 0 || end > 12) return std::nullopt;
  // Not strtod: it reads "0.5" as 0 where the locale writes a comma.
  double number = 0;
  std::from_chars(value.data(), value.data() + end, number);
  const std::string_view unit = trim(value.substr(end));
  if (starts_ignoring_case(unit, "em") || starts_ignoring_case(unit, "rem")) return number * 16;
  if (starts_ignoring_case(unit, "pt")) return number * 4 / 3;
  if (starts_ignoring_case(unit, "%")) return number == 0 ? std::optional<double>(0) : std::nullopt;
  return number;
}

bool is_zero(std::string_view value) {
  const std::optional<double> size = pixels(value);
  return size && *size == 0;
}

void apply_visibility(std::string_view name, std::string_view value, TagStyle& style) {
  if (name == "display" && starts_ignoring_case(value, "none")) style.hides = true;
  if (name == "mso-hide" && starts_ignoring_case(value, "all")) style.hides = true;
  if (name == "visibility") {
    style.invisible = starts_ignoring_case(value, "hidden") || starts_ignoring_case(value, "collapse");
    style.visible = starts_ignoring_case(value, "visible");
  }
  if (name == "opacity" && pixels(value).value_or(1) < 0.05) style.hides = true;
  if (name == "text-indent" && pixels(value).value_or(0) < -500) style.hides = true;
  if (name == "font-size") style.font_pixels = pixels(value);
}

void apply_color(std::string_view name, std::string_view value, TagStyle& style) {
  if (name == "color") {
    if (starts_ignoring_case(value, "transparent")) style.hides = true;
    style.color = parse_color(value);
  }
  if (name != "background" && name != "background-color" && name != "background-image") return;
  if (value.find("url(") != std::string_view::npos || value.find("gradient") != std::string_view::npos) {
    style.background_unknown = true;
  } else if (const std::optional<Color> color = parse_color(value)) {
    style.background = color;
  }
}

void apply_size(std::string_view name, std::string_view value, Sizes& sizes) {
  if (name == "width") sizes.zero_width = is_zero(value);
  if (name == "height") sizes.zero_height = is_zero(value);
  if (name == "max-height") sizes.zero_max_height = is_zero(value);
  if (name == "max-width") sizes.zero_max_width = is_zero(value);
  if (name == "overflow") sizes.clips = starts_ignoring_case(value, "hidden");
  if (name == "position")
    sizes.positioned = starts_ignoring_case(value, "absolute") || starts_ignoring_case(value, "fixed");
  if (name == "left" || name == "top") sizes.off_page = sizes.off_page || pixels(value).value_or(0) < -500;
}

/// The property's name as it is compared below; "" for the many that hide nothing.
std::string_view known_property(std::string_view written) {
  static constexpr std::string_view kProperties[] = {
      "color",      "width",      "height",   "display", "font-size",   "background", "background-color", "background-image",
      "max-width",  "max-height", "overflow", "opacity", "text-indent", "mso-hide",   "visibility",       "position",
      "left",       "top"};
  for (const std::string_view name : kProperties)
    if (equal_ignoring_case(written, name)) return name;
  return {};
}

void apply_css(std::string_view css, TagStyle& style) {
  Sizes sizes;
  while (!css.empty()) {
    const std::size_t end = std::min(css.find(';'), css.size());
    const std::string_view declaration = css.substr(0, end);
    css.remove_prefix(std::min(end + 1, css.size()));
    const std::size_t colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = known_property(trim(declaration.substr(0, colon)));
    if (name.empty()) continue;
    const std::string value = to_lower(trim(declaration.substr(colon + 1).substr(0, 200)));
    apply_visibility(name, value, style);
    apply_color(name, value, style);
    apply_size(name, value, sizes);
  }
  const bool no_room = sizes.zero_width || sizes.zero_height || sizes.zero_max_height || sizes.zero_max_width;
  if ((no_room && sizes.clips) || (sizes.positioned && sizes.off_page)) style.hides = true;
}

}  // namespace

std::optional<Color> parse_color(std::string_view text) {
  text = trim(text);
  const auto digit = [](char c) {
    return is_digit(c) ? c - '0' : to_lower(c) >= 'a' && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10 : -1;
  };
  const bool hash = !text.empty() && text.front() == '#';
  const std::string_view hex = hash ? text.substr(1) : text;
  const auto run = static_cast<std::size_t>(
      std::find_if(hex.begin(), hex.end(), [&](char c) { return digit(c) < 0; }) - hex.begin());
  if (run == 6 && (hash || hex.size() == 6)) {
    Color color = 0;
    for (std::size_t i = 0; i < 6; ++i) color = color << 4 | static_cast<Color>(digit(hex[i]));
    return color;
  }
  if (run == 3 && hash) {
    Color color = 0;
    for (std::size_t i = 0; i < 3; ++i) color = color << 8 | static_cast<Color>(digit(hex[i]) * 17);
    return color;
  }
  if (starts_ignoring_case(text, "rgb")) {
    Color color = 0;
    std::size_t at = std::min(text.find('('), text.size());
    for (int i = 0; i < 3; ++i) {
      while (at < text.size() && !is_digit(text[at])) ++at;
      Color part = 0;
      while (at < text.size() && is_digit(text[at]) && part < 1000)
        part = part * 10 + static_cast<Color>(text[at++] - '0');
      while (at < text.size() && (text[at] == '.' || is_digit(text[at]))) ++at;
      color = color << 8 | std::min<Color>(part, 255);
    }
    return color;
  }
  for (const NamedColor& named : kColors) {
    if (starts_ignoring_case(text, named.name) &&
        (text.size() == named.name.size() || !is_alpha(text[named.name.size()])))
      return named.color;
  }
  return std::nullopt;
}

bool nearly_equal(Color a, Color b) {
  constexpr int kDistance = 24;
  for (int shift = 0; shift <= 16; shift += 8) {
    const int difference = static_cast<int>(a >> shift & 0xFF) - static_cast<int>(b >> shift & 0xFF);
    if (std::abs(difference) > kDistance) return false;
  }
  return true;
}

TagStyle style_of(const HtmlTag& tag) {
  TagStyle style;
  if (tag.has("hidden")) style.hides = true;
  if (tag.has("bgcolor")) style.background = parse_color(tag.attribute("bgcolor"));
  if (tag.has("background")) style.background_unknown = true;
  if (tag.name == "font" || tag.name == "body") {
    if (tag.has("color")) style.color = parse_color(tag.attribute("color"));
    if (tag.has("text")) style.color = parse_color(tag.attribute("text"));
  }
  if (tag.has("style")) apply_css(tag.attribute("style"), style);
  return style;
}

}  // namespace winnow
