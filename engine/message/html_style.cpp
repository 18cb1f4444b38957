// html_style.cpp - splits "property: value; ..." and knows the dozen properties by which text is hidden.
#include "engine/message/html_style.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "config/ascii.h"
#include "engine/message/html_entities.h"

namespace winnow {
namespace {

enum Property : std::size_t {
  kColor,
  kBackgroundColor,
  kBackgroundImage,
  kBackground,  // stands for the two above
  kDisplay,
  kVisibility,
  kOpacity,
  kTextIndent,
  kFontSize,
  kWidth,
  kHeight,
  kMaxWidth,
  kMaxHeight,
  kOverflow,
  kPosition,
  kLeft,
  kTop,
  kProperties
};

/// In the order of the list above; the many that hide nothing are not in it. Nor is mso-hide: only Outlook knows it.
constexpr std::string_view kNames[kProperties] = {
    "color",      "background-color", "background-image", "background", "display", "visibility",
    "opacity",    "text-indent",      "font-size",        "width",      "height",  "max-width",
    "max-height", "overflow",         "position",         "left",       "top"};

constexpr Paint kPicture{PaintKind::Unknown, 0};

/// Most have none, and are not copied.
std::string without_comments(std::string written) {
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

/// Whether each semicolon ends a declaration; so it is in most attributes.
bool is_without_quotes(std::string_view css) {
  const std::string_view marks = "\"'(\\";
  return std::all_of(marks.begin(), marks.end(), [&](char mark) { return css.find(mark) == std::string_view::npos; });
}

/// Where a declaration ends: at a semicolon outside of quotes and brackets.
std::size_t declaration_length(std::string_view css) {
  std::size_t depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < css.size(); ++i) {
    const char c = css[i];
    if (c == '\\') {
      ++i;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      depth -= depth > 0 ? 1 : 0;
    } else if (c == ';' && depth == 0) {
      return i;
    }
  }
  return css.size();
}

/// A number with a unit that there is, or without one, or a function: calc(), var().
bool is_length(std::string_view word) {
  static const std::vector<std::string_view> kUnits = {"",   "px", "em", "rem", "pt", "pc", "in",   "cm",   "mm", "q",
                                                       "ex", "ch", "lh", "rlh", "vw", "vh", "vmin", "vmax", "%"};
  if (word.find('(') != std::string_view::npos) return true;
  const std::size_t sign = word.starts_with('-') || word.starts_with('+') ? 1 : 0;
  const std::size_t unit = std::min(word.find_first_not_of("0123456789.", sign), word.size());
  return unit > sign && is_among_ignoring_case(kUnits, word.substr(unit));
}

/// The words that a browser takes for this property, beside those that all have.
const std::vector<std::string_view>& keywords(Property property) {
  static const std::vector<std::string_view> kNone,
      kDisplays = {"none",
                   "block",
                   "inline",
                   "inline-block",
                   "flex",
                   "inline-flex",
                   "grid",
                   "inline-grid",
                   "table",
                   "inline-table",
                   "table-row",
                   "table-cell",
                   "table-row-group",
                   "table-header-group",
                   "table-footer-group",
                   "table-column",
                   "table-column-group",
                   "table-caption",
                   "list-item",
                   "contents",
                   "flow",
                   "flow-root",
                   "ruby",
                   "-webkit-box",
                   "-webkit-inline-box",
                   "-webkit-flex",
                   "-webkit-inline-flex"},
      kVisibilities = {"visible", "hidden", "collapse"},
      kPositions = {"static", "relative", "absolute", "fixed", "sticky"},
      kOverflows = {"visible", "hidden", "clip", "scroll", "auto"},
      kSizes = {"auto",     "none",      "xx-small", "x-small", "small",       "medium",      "large",      "x-large",
                "xx-large", "xxx-large", "larger",   "smaller", "min-content", "max-content", "fit-content"};
  switch (property) {
    case kDisplay:
      return kDisplays;
    case kVisibility:
      return kVisibilities;
    case kPosition:
      return kPositions;
    case kOverflow:
      return kOverflows;
    case kColor:
    case kOpacity:
      return kNone;
    default:
      return kSizes;
  }
}

/// Whether a browser takes the value. It leaves out what is none, so a later one of that kind takes nothing back.
bool is_valid(Property property, std::string_view value) {
  static const std::vector<std::string_view> kForAll = {"inherit", "initial", "unset", "revert"};
  if (property == kBackground || property == kBackgroundColor || property == kBackgroundImage)
    return read_background(value).kind != PaintKind::Unsaid;
  const std::string_view word = value.substr(0, value.find_first_of(" \t\r\n"));
  if (is_among_ignoring_case(kForAll, word) || is_among_ignoring_case(keywords(property), word)) return true;
  if (property == kColor)
    return equal_ignoring_case(word, "currentcolor") || read_paint(value).kind != PaintKind::Unsaid;
  const bool takes_words_alone =
      property == kDisplay || property == kVisibility || property == kPosition || property == kOverflow;
  return !takes_words_alone && is_length(word);
}

/// The declarations of one style attribute, without comments. Of several for one property the last that is valid counts, but
/// for those that are !important.
class Declarations {
 public:
  explicit Declarations(std::string_view css) {
    const bool is_simple = is_without_quotes(css);
    while (!css.empty()) {
      const std::size_t end = is_simple ? std::min(css.find(';'), css.size()) : declaration_length(css);
      read(css.substr(0, end));
      css.remove_prefix(std::min(end + 1, css.size()));
    }
  }

  /// "" where nothing is declared.
  std::string_view operator[](Property property) const { return counting_[property].value; }
  bool says(Property property, std::string_view word) const {
    return starts_ignoring_case(counting_[property].value, word);
  }

 private:
  struct Declaration {
    std::string_view value;
    bool important = false;
  };

  void read(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = trim(text.substr(0, colon));
    const auto known = find_ignoring_case(kNames, name);
    if (known == std::end(kNames)) return;
    Declaration declaration{trim(text.substr(colon + 1))};
    const std::size_t mark = declaration.value.rfind('!');
    if (mark != std::string_view::npos && equal_ignoring_case(trim(declaration.value.substr(mark + 1)), "important"))
      declaration = {trim(declaration.value.substr(0, mark)), true};
    const auto property = static_cast<Property>(known - std::begin(kNames));
    if (declaration.value.empty() || !is_valid(property, declaration.value)) return;
    if (property != kBackground) return declare(property, declaration);
    declare(kBackgroundColor, declaration);
    declare(kBackgroundImage, declaration);
  }

  void declare(Property property, Declaration declaration) {
    Declaration& counting = counting_[property];
    if (declaration.important || !counting.important) counting = declaration;
  }

  std::array<Declaration, kProperties> counting_;
};

/// A length in pixels: "0", "1px", ".5em", "2pt"; nullopt for percentages and words.
std::optional<double> pixels(std::string_view value) {
  std::size_t end = 0;
  while (end < value.size() && (is_digit(value[end]) || value[end] == '.' || (end == 0 && value[end] == '-'))) ++end;
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

/// Some properties hide only together.
bool hides_box(const Declarations& css) {
  const bool no_room =
      is_zero(css[kWidth]) || is_zero(css[kHeight]) || is_zero(css[kMaxWidth]) || is_zero(css[kMaxHeight]);
  if (no_room && css.says(kOverflow, "hidden")) return true;
  const bool positioned = css.says(kPosition, "absolute") || css.says(kPosition, "fixed");
  return positioned && (pixels(css[kLeft]).value_or(0) < -500 || pixels(css[kTop]).value_or(0) < -500);
}

void read_visibility(const Declarations& css, InlineStyle& read) {
  TagStyle& style = read.style;
  read.says_display = !css[kDisplay].empty();
  style.hides = css.says(kDisplay, "none");
  if (pixels(css[kOpacity]).value_or(1) < 0.05) style.hides = true;
  if (pixels(css[kTextIndent]).value_or(0) < -500) style.hides = true;
  if (hides_box(css)) style.hides = true;
  style.invisible = css.says(kVisibility, "hidden") || css.says(kVisibility, "collapse");
  style.visible = css.says(kVisibility, "visible");
  style.font_pixels = pixels(css[kFontSize]);
}

void read_colors(const Declarations& css, InlineStyle& read) {
  const auto is_of_parent = [&] {
    return css.says(kColor, "inherit") || css.says(kColor, "unset") || css.says(kColor, "currentcolor");
  };
  read.says_color = !css[kColor].empty();
  if (read.says_color && !is_of_parent()) read.style.color = read_paint(css[kColor]);
  read.says_picture = !css[kBackgroundImage].empty();
  // What may be a picture lies on the colour, also on that of an old attribute.
  const bool has_picture = read.says_picture && read_background(css[kBackgroundImage]).kind == PaintKind::Unknown;
  read.says_background = has_picture || !css[kBackgroundColor].empty();
  if (read.says_background) read.style.background = has_picture ? kPicture : read_background(css[kBackgroundColor]);
}

InlineStyle read_style(const std::string& css) {
  InlineStyle read;
  const Declarations declarations(css);
  read_visibility(declarations, read);
  read_colors(declarations, read);
  return read;
}

/// The old attributes know no transparent colours, and make some colour of any word.
Paint old_color(const HtmlTag& tag, std::string_view attribute) {
  const std::string value = tag.attribute(attribute);
  const Paint paint = read_paint(value);
  if (paint.kind == PaintKind::Clear) return {};
  return paint.kind == PaintKind::Unsaid && !trim(value).empty() ? Paint{PaintKind::Unknown, 0} : paint;
}

}  // namespace

/// A newsletter writes the same few styles on all its cells, and most tags have none.
const InlineStyle& StyleReader::inline_style(const HtmlTag& tag) {
  constexpr std::size_t kMost = 256;
  static const InlineStyle kNothing;
  const HtmlAttribute* const attribute = tag.find("style");
  if (attribute == nullptr) return kNothing;
  const auto known = read_.find(attribute->value);
  if (known != read_.end()) return known->second;
  if (read_.size() >= kMost) read_.clear();
  return read_.emplace(attribute->value, read_style(without_comments(unescape_html(attribute->value)))).first->second;
}

TagStyle StyleReader::style_of(const HtmlTag& tag) {
  const InlineStyle& read = inline_style(tag);
  TagStyle style = read.style;
  if (!read.says_display && tag.has("hidden")) style.hides = true;
  if (!read.says_color && (tag.name == "font" || tag.name == "body"))
    style.color = old_color(tag, tag.name == "font" ? "color" : "text");
  if (!read.says_background) style.background = old_color(tag, "bgcolor");
  if (!read.says_picture && !trim(tag.attribute("background")).empty()) style.background = kPicture;
  return style;
}

}  // namespace winnow
