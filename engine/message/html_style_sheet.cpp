// html_style_sheet.cpp - of a rule the last part of its selector counts: the element that is painted, wherever it stands.
#include "engine/message/html_style_sheet.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "config/ascii.h"
#include "engine/message/html_css.h"

namespace winnow {
namespace {

constexpr Paint kUnknown{PaintKind::Unknown, 0};

/// Takes what stands before the separator, and the separator.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(part);
}

/// Not find_first_of(): it searches the list of marks for each letter.
template <typename Is>
std::size_t find_where(std::string_view text, Is is) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is) - text.begin());
}

Paint joined(const Paint& a, const Paint& b) {
  if (a.kind == PaintKind::Unsaid) return b;
  if (b.kind == PaintKind::Unsaid || (a.kind == b.kind && a.color == b.color)) return a;
  return kUnknown;
}

SheetStyle read_declarations(std::string_view css) {
  SheetStyle style;
  while (!css.empty()) {
    std::string_view value = take_until(css, ';');
    const std::string_view name = take_until(value, ':');
    value = trim(value.substr(0, value.find('!')));
    if (starts_ignoring_case(name, "background")) {
      const Paint paint = read_background(value);
      const bool is_whole = equal_ignoring_case(name, "background") || equal_ignoring_case(name, "background-color");
      if (is_whole) style.background = paint;
      if (paint.kind == PaintKind::Unknown) style.background = paint;
    }
    if (equal_ignoring_case(name, "color")) style.may_color = true;
    if (equal_ignoring_case(name, "font-size") || equal_ignoring_case(name, "font")) style.may_size = true;
  }
  return style;
}

/// In states in which the page is not read.
bool is_of_a_moment(std::string_view selector) {
  if (selector.find(':') == std::string_view::npos) return false;
  for (const std::string_view state : {":hover", ":active", ":focus", ":visited", "::", ":before", ":after"}) {
    if (selector.find(state) != std::string_view::npos) return true;
  }
  return false;
}

struct Key {
  std::string text;
  bool is_whole = false;  // the selector says no more than the key
};

/// The identifier, else the first class, else the name of the element that the rule is about.
Key key_of(std::string_view selector) {
  const auto is_context = [](char c) { return is_space(c) || c == '>' || c == '+' || c == '~'; };
  const auto context = std::find_if(selector.rbegin(), selector.rend(), is_context);
  const std::string_view last = selector.substr(static_cast<std::size_t>(selector.rend() - context));
  const std::string_view marks = ".#[:*";
  const std::size_t hash = last.find('#');
  const std::size_t begin = hash != std::string_view::npos ? hash : std::min(last.find('.'), last.size());
  std::string_view key = begin < last.size() ? last.substr(begin) : last;
  key = key.substr(0, key.find_first_of(marks, begin < last.size() ? 1 : 0));
  return {key.empty() ? "*" : to_lower(key), key.size() == selector.size() || selector == "*"};
}

/// Only in the dark: what such readers see would make all light pages unknown.
bool is_for_the_dark(std::string_view prelude) {
  const std::string media = to_lower(prelude);
  const auto says = [&](std::string_view word) { return media.find(word) != std::string::npos; };
  return says("prefers-color-scheme") && says("dark") && !says("not") && !says(",");
}

/// Past the bracket that closes one that is open.
void skip_block(std::string_view& css) {
  for (std::size_t depth = 1; depth > 0 && !css.empty();) {
    const std::size_t at = find_where(css, [](char c) { return c == '{' || c == '}'; });
    if (at == css.size()) return css.remove_prefix(at);
    depth = css[at] == '{' ? depth + 1 : depth - 1;
    css.remove_prefix(at + 1);
  }
}

}  // namespace

void StyleSheets::add(std::string_view selector, SheetStyle style) {
  if (selector.empty() || is_of_a_moment(selector)) return;
  Key key = key_of(selector);
  if (!key.is_whole && style.background.kind != PaintKind::Unsaid) style.background = kUnknown;
  SheetStyle& rule = rules_[std::move(key.text)];
  rule.background = joined(rule.background, style.background);
  rule.may_color = rule.may_color || style.may_color;
  rule.may_size = rule.may_size || style.may_size;
}

void StyleSheets::read_rule(std::string_view selectors, std::string_view declarations) {
  const SheetStyle style = read_declarations(declarations);
  if (style.background.kind == PaintKind::Unsaid && !style.may_color && !style.may_size) return;
  while (!selectors.empty()) add(take_until(selectors, ','), style);
}

void StyleSheets::read(std::string_view written) {
  const std::string text = without_css_comments(std::string(written));
  std::string_view css = text;
  while (!css.empty()) {
    const std::size_t end = find_where(css, [](char c) { return c == '{' || c == '}' || c == ';'; });
    if (end == css.size()) return;
    std::string_view prelude = trim(css.substr(0, end));
    const char mark = css[end];
    css.remove_prefix(end + 1);
    // Old pages put a sheet into a comment of HTML.
    for (const std::string_view edge : {"<!--", "-->"}) {
      if (prelude.starts_with(edge)) prelude = trim(prelude.substr(edge.size()));
    }
    if (mark != '{') continue;
    if (!prelude.starts_with('@')) {
      read_rule(prelude, take_until(css, '}'));
    } else if (is_for_the_dark(prelude)) {
      skip_block(css);
    }
  }
}

SheetStyle StyleSheets::style_of(const HtmlTag& tag) const {
  SheetStyle style;
  const auto apply = [&](const std::string& key) {
    const auto found = rules_.find(key);
    if (found == rules_.end()) return;
    const SheetStyle& rule = found->second;
    if (rule.background.kind != PaintKind::Unsaid) style.background = rule.background;
    style.may_color = style.may_color || rule.may_color;
    style.may_size = style.may_size || rule.may_size;
  };
  if (rules_.empty()) return style;
  apply("*");
  apply(tag.name);
  if (tag.has("class")) {
    const std::string classes = to_lower(tag.attribute("class"));
    for (std::string_view rest = trim(classes); !rest.empty();) {
      const std::string_view name = rest.substr(0, find_where(rest, is_space));
      apply("." + std::string(name));
      rest = trim(rest.substr(name.size()));
    }
  }
  if (tag.has("id")) apply("#" + to_lower(tag.attribute("id")));
  return style;
}

}  // namespace winnow
