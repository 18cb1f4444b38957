// html_css.cpp - one table of units, one of words for sizes.
#include "engine/message/html_css.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <utility>

#include "config/ascii.h"

namespace winnow {
namespace {

struct Named {
  std::string_view name;
  double pixels;
};

constexpr double kInch = 96, kWindow = 800;

constexpr Named kUnits[] = {
    {"", 1},
    {"px", 1},
    {"em", kOrdinaryFont},
    {"rem", kOrdinaryFont},
    {"pt", kInch / 72},
    {"pc", kInch / 6},
    {"in", kInch},
    {"cm", kInch / 2.54},
    {"mm", kInch / 25.4},
    {"q", kInch / 101.6},
    {"ex", kOrdinaryFont / 2},
    {"ch", kOrdinaryFont / 2},
    {"lh", kOrdinaryFont * 1.2},
    {"rlh", kOrdinaryFont * 1.2},
    {"vw", kWindow / 100},
    {"vh", kWindow / 100},
    {"vmin", kWindow / 100},
    {"vmax", kWindow / 100},
};

constexpr Named kFontSizes[] = {
    {"xx-small", 9}, {"x-small", 10}, {"small", 13},    {"medium", 16},
    {"large", 18},   {"x-large", 24}, {"xx-large", 32}, {"xxx-large", 48},
};

const Named* find_named(const Named* begin, const Named* end, std::string_view name) {
  const auto found = std::find_if(begin, end, [&](const Named& one) { return equal_ignoring_case(one.name, name); });
  return found == end ? nullptr : found;
}

/// "1.5em" parted; the number is none where there is not one.
struct Measure {
  std::optional<double> number;
  std::string_view unit;
};

Measure read_measure(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  const std::size_t sign = word.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(word.find_first_not_of("0123456789.", sign), word.size());
  if (end == sign) return {};
  // Not strtod: it reads "0.5" as 0 where the locale writes a comma.
  double number = 0;
  std::from_chars(word.data(), word.data() + std::min<std::size_t>(end, 24), number);
  return {number, word.substr(end)};
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t\r\n")); }

bool is_of_parent(std::string_view word) {
  return equal_ignoring_case(word, "inherit") || equal_ignoring_case(word, "unset") ||
         equal_ignoring_case(word, "revert");
}

}  // namespace

std::string without_css_comments(std::string written) {
  std::string_view css = written;
  if (css.find("/*") == std::string_view::npos) return written;
  std::string text;
  for (std::size_t open = css.find("/*"); open != std::string_view::npos; open = css.find("/*")) {
    text.append(css.substr(0, open));
    const std::size_t close = css.find("*/", open + 2);
    css.remove_prefix(close == std::string_view::npos ? css.size() : close + 2);
  }
  return text.append(css);
}

bool is_length(std::string_view word) {
  if (word.find('(') != std::string_view::npos) return true;
  const Measure measure = read_measure(word);
  return measure.number &&
         (measure.unit == "%" || find_named(std::begin(kUnits), std::end(kUnits), measure.unit) != nullptr);
}

std::optional<double> pixels(std::string_view value) {
  const Measure measure = read_measure(first_word(value));
  if (!measure.number) return std::nullopt;
  if (*measure.number == 0) return 0;
  const Named* const unit = find_named(std::begin(kUnits), std::end(kUnits), measure.unit);
  return unit == nullptr ? std::nullopt : std::optional<double>(*measure.number * unit->pixels);
}

std::optional<FontSize> read_font_size(std::string_view value) {
  const std::string_view word = first_word(value);
  if (word.empty() || is_of_parent(word)) return std::nullopt;
  if (equal_ignoring_case(word, "smaller")) return FontSize{1 / 1.2, true};
  if (equal_ignoring_case(word, "larger")) return FontSize{1.2, true};
  if (const Named* const named = find_named(std::begin(kFontSizes), std::end(kFontSizes), word))
    return FontSize{named->pixels, false};
  const Measure measure = read_measure(word);
  if (measure.number && measure.unit == "%") return FontSize{*measure.number / 100, true};
  if (measure.number && equal_ignoring_case(measure.unit, "em")) return FontSize{*measure.number, true};
  const std::optional<double> size = pixels(word);
  return FontSize{size && *size >= 0 ? *size : kOrdinaryFont, false};
}

/// "italic 700 12px/1.5 Arial": a number without a unit is a weight, but 0 is a size, and a family must follow.
std::string_view size_of_font(std::string_view font) {
  for (std::string_view rest = trim(font); !rest.empty();) {
    const std::string_view word = first_word(rest);
    if (word.size() == trim(font).size() && (is_of_parent(word) || equal_ignoring_case(word, "initial"))) return word;
    rest = trim(rest.substr(word.size()));
    const std::string_view size = word.find('(') == std::string_view::npos ? word.substr(0, word.find('/')) : word;
    const Measure measure = read_measure(size);
    const bool is_weight = measure.number && measure.unit.empty() && *measure.number != 0;
    const bool is_size = is_length(size) || find_named(std::begin(kFontSizes), std::end(kFontSizes), size) != nullptr ||
                         equal_ignoring_case(size, "smaller") || equal_ignoring_case(size, "larger");
    if (is_size && !is_weight) return rest.empty() ? std::string_view() : size;
  }
  return {};
}

}  // namespace winnow
