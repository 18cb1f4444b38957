// html_style.cpp - splits "property: value; ..." and knows the dozen properties by which text is hidden.
#include "engine/message/html_style.h"

#include <algorithm>
#include <array>
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
  kFont,  // stands for its size
  kWidth,
  kHeight,
  kMaxWidth,
  kMaxHeight,
  kMinHeight,
  kOverflow,
  kPosition,
  kLeft,
  kTop,
  kFloat,
  kProperties
};

/// In the order of the list above; the many that hide nothing are not in it. Nor is mso-hide: only Outlook knows it.
constexpr std::string_view kNames[kProperties] = {"color",
                                                  "background-color",
                                                  "background-image",
                                                  "background",
                                                  "display",
                                                  "visibility",
                                                  "opacity",
                                                  "text-indent",
                                                  "font-size",
                                                  "font",
                                                  "width",
                                                  "height",
                                                  "max-width",
                                                  "max-height",
                                                  "min-height",
                                                  "overflow",
                                                  "position",
                                                  "left",
                                                  "top",
                                                  "float"};

constexpr Paint kPicture{PaintKind::Unknown, 0};

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
      kOverflows = {"visible", "hidden", "clip", "scroll", "auto"}, kFloats = {"left", "right", "none"},
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
    case kFloat:
      return kFloats;
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
  const bool takes_words_alone = property == kDisplay || property == kVisibility || property == kPosition ||
                                 property == kOverflow || property == kFloat;
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
  bool has_padding() const { return has_padding_; }

 private:
  struct Declaration {
    std::string_view value;
    bool important = false;
  };

  void read(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view name = trim(text.substr(0, colon));
    if (starts_ignoring_case(name, "padding"))
      has_padding_ = has_padding_ || text.find_first_of("123456789", colon) != std::string_view::npos;
    if (starts_ignoring_case(name, "overflow-")) name = kNames[kOverflow];
    const auto known = find_ignoring_case(kNames, name);
    if (known == std::end(kNames)) return;
    Declaration declaration{trim(text.substr(colon + 1))};
    const std::size_t mark = declaration.value.rfind('!');
    if (mark != std::string_view::npos && equal_ignoring_case(trim(declaration.value.substr(mark + 1)), "important"))
      declaration = {trim(declaration.value.substr(0, mark)), true};
    auto property = static_cast<Property>(known - std::begin(kNames));
    if (property == kFont) {
      property = kFontSize;
      declaration.value = size_of_font(declaration.value);
    }
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
  bool has_padding_ = false;
};

/// Less than a line or a letter needs.
bool is_no_room(std::string_view value) {
  constexpr double kLetter = 5;
  const std::optional<double> size = pixels(value);
  return size && *size >= 0 && *size < kLetter;
}

/// Some properties hide only together.
bool has_no_room(const Declarations& css) {
  if (!css.says(kOverflow, "hidden") && !css.says(kOverflow, "clip")) return false;
  // Text that is clipped still shows in the padding.
  if (css.has_padding()) return false;
  const bool is_low = is_no_room(css[kHeight]) && (css[kMinHeight].empty() || is_no_room(css[kMinHeight]));
  return is_low || is_no_room(css[kWidth]) || is_no_room(css[kMaxWidth]) || is_no_room(css[kMaxHeight]);
}

Display display_of(std::string_view value) {
  constexpr std::string_view kInLine[] = {"inline", "contents", "ruby"};
  if (value.empty() || starts_ignoring_case(value, "inherit") || starts_ignoring_case(value, "revert"))
    return Display::Unsaid;
  if (starts_ignoring_case(value, "none")) return Display::None;
  if (starts_ignoring_case(value, "table") || starts_ignoring_case(value, "inline-table")) return Display::Table;
  const bool is_in_line = is_among_ignoring_case(kInLine, value) || starts_ignoring_case(value, "initial") ||
                          starts_ignoring_case(value, "unset");
  return is_in_line ? Display::Inline : Display::Box;
}

void read_visibility(const Declarations& css, InlineStyle& read) {
  constexpr double kOffPage = -500;
  TagStyle& style = read.style;
  style.display = display_of(css[kDisplay]);
  const bool is_absolute = css.says(kPosition, "absolute") || css.says(kPosition, "fixed");
  const bool is_moved = is_absolute || css.says(kPosition, "relative");
  read.has_no_room = has_no_room(css);
  read.is_placed = is_absolute || css.says(kFloat, "left") || css.says(kFloat, "right");
  style.hides = pixels(css[kOpacity]).value_or(1) < 0.05 ||
                (is_moved && (pixels(css[kLeft]).value_or(0) < kOffPage || pixels(css[kTop]).value_or(0) < kOffPage));
  style.invisible = css.says(kVisibility, "hidden") || css.says(kVisibility, "collapse");
  style.visible = css.says(kVisibility, "visible") || css.says(kVisibility, "initial");
  style.text_indent = css.says(kTextIndent, "initial") ? 0 : pixels(css[kTextIndent]);
  read.says_size = !css[kFontSize].empty();
  style.font_size = read_font_size(css[kFontSize]);
}

void read_colors(const Declarations& css, InlineStyle& read) {
  const auto is_of_parent = [&] {
    return css.says(kColor, "inherit") || css.says(kColor, "unset") || css.says(kColor, "revert") ||
           css.says(kColor, "currentcolor");
  };
  read.says_color = !css[kColor].empty();
  if (css.says(kColor, "initial")) {
    read.style.color = {PaintKind::Solid, 0x000000};
  } else if (read.says_color && !is_of_parent()) {
    read.style.color = read_paint(css[kColor]);
  }
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

/// What a browser takes no room for, unless a style says otherwise.
bool is_closed(const HtmlTag& tag) { return tag.has("hidden") || (tag.name == "dialog" && !tag.has("open")); }

/// An element in a line has no size of its own, and the parts of a table grow with what they hold.
bool is_box(const InlineStyle& read, const Element& element) {
  if (read.is_placed || read.style.display == Display::Box) return true;
  return read.style.display == Display::Unsaid && element.is(kBlock) && !element.is(kTable | kTablePart);
}

void read_old_attributes(const HtmlTag& tag, const InlineStyle& read, TagStyle& style) {
  if (!read.says_color && (tag.name == "font" || tag.name == "body"))
    style.color = old_color(tag, tag.name == "font" ? "color" : "text");
  if (!read.says_background) style.background = old_color(tag, "bgcolor");
  if (!read.says_picture && !trim(tag.attribute("background")).empty()) style.background = kPicture;
}

void read_sheets(const SheetStyle& sheets, const InlineStyle& read, TagStyle& style) {
  if (!read.says_background && sheets.background.kind != PaintKind::Unsaid) style.background = sheets.background;
  if (!read.says_color && sheets.may_color) style.color = {PaintKind::Unknown, 0};
  if (!read.says_size && sheets.may_size) style.font_size = FontSize{};
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
  return read_.emplace(attribute->value, read_style(without_css_comments(unescape_html(attribute->value))))
      .first->second;
}

TagStyle StyleReader::style_of(const HtmlTag& tag, const Element& element) {
  const InlineStyle& read = inline_style(tag);
  TagStyle style = read.style;
  if (style.display == Display::Unsaid && is_closed(tag)) style.display = Display::None;
  if (read.has_no_room && is_box(read, element)) style.hides = true;
  read_old_attributes(tag, read, style);
  read_sheets(sheets_.style_of(tag), read, style);
  return style;
}

}  // namespace winnow
