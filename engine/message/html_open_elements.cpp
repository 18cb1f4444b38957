// html_open_elements.cpp - three stacks in step: what is open, how it looks, and what its tag said.
#include "engine/message/html_open_elements.h"

#include <algorithm>
#include <utility>

namespace winnow {
namespace {

constexpr std::size_t kMaxOpen = 256;   // a deeper element takes the place of the last, as in browsers
constexpr std::size_t kMaxWaiting = 8;  // formatting elements of one scope

}  // namespace

bool Look::hides_text() const {
  constexpr double kTinyFont = 1.5, kOffPage = -500;  // pixels
  return hidden || absent || invisible || font_pixels <= kTinyFont || text_indent < kOffPage ||
         color.kind == PaintKind::Clear ||
         (color.kind == PaintKind::Solid && background.kind == PaintKind::Solid &&
          nearly_equal(color.color, background.color));
}

OpenElements::OpenElements() : elements_(1), looks_(1), opened_(1) {}

/// The innermost element of some of the kinds that has none of the stops above it.
std::size_t OpenElements::find(std::uint32_t kinds, std::uint32_t stops) const {
  for (std::size_t i = elements_.size(); i-- > 1;) {
    if (elements_[i].is(kinds)) return i;
    if (elements_[i].is(stops)) return kNone;
  }
  return kNone;
}

std::size_t OpenElements::find_end(const Element& element) const {
  const std::uint32_t same = element.kinds & kHeading;
  std::uint32_t stops = element.is(kSpecial | kFormatting) ? kScope : kSpecial;
  if (element.is(kTable | kTablePart)) stops = kTable;
  for (std::size_t i = elements_.size(); i-- > 1;) {
    if (elements_[i].id == element.id || elements_[i].is(same)) return i;
    if (elements_[i].is(stops)) return kNone;
  }
  return kNone;
}

/// What a table holds outside of its cells is shown before it.
std::size_t OpenElements::parent() const {
  if (!elements_.back().is(kTable | kSection | kRow)) return elements_.size() - 1;
  const std::size_t table = find(kTable, 0);
  return table == kNone ? elements_.size() - 1 : table - 1;
}

void OpenElements::pop_to(std::size_t size) {
  elements_.resize(size);
  looks_.resize(size);
  opened_.resize(size);
  while (!waiting_.empty() && waiting_.back().scope > looks_.back().scope) waiting_.pop_back();
}

void OpenElements::leave_foreign() {
  while (elements_.back().is(kForeign)) pop_to(elements_.size() - 1);
}

Element OpenElements::placed(Element element, bool self_closing) {
  if (element.is(kEndsForeign)) leave_foreign();
  if (elements_.back().is(kForeign)) {
    const std::uint32_t math = elements_.back().kinds & kMath;
    const bool holds_html = element.is(math != 0 ? kHtmlInMath : kHtmlInSvg);
    // The texts of a picture stand in other elements than those that hold raw text elsewhere.
    const std::uint32_t unseen = element.is(kRawText) ? kUnseen : 0U;
    return {element.id, (holds_html ? kScope : kForeign | math) | unseen | (self_closing ? kVoid : 0U)};
  }
  if (element.is(kForeign) && self_closing) element.kinds |= kVoid;
  if (element.is(kSelect | kEndsSelect) && has(kSelect)) {
    pop_to(find(kSelect, 0));
    if (element.is(kSelect)) element.kinds = kIgnored;
  } else if (looks_.back().in_select && element.is(kRawText) && !element.is(kScript)) {
    element.kinds = kIgnored;
  }
  const auto is_same = [&](const Element& one) { return one.id == element.id; };
  if (element.is(kPage) && std::any_of(elements_.begin(), elements_.end(), is_same)) element.kinds = kIgnored;
  if (element.is(kTablePart) && !has(kTable)) element.kinds = (element.kinds & kBlock) | kIgnored;
  return element;
}

/// The element whose end that start tag implies, but for <p>.
std::size_t OpenElements::find_implied(const Element& element) const {
  if (element.is(kItem)) return find(kItem, kStopsItem);
  if (element.is(kTerm)) return find(kTerm, kStopsItem);
  if (element.is(kTable | kButton)) return find(element.kinds & (kTable | kButton), kScope);
  if (element.is(kTablePart)) {
    const std::uint32_t holder = element.is(kCell)  ? kRow | kSection | kTable
                                 : element.is(kRow) ? kSection | kTable
                                                    : kTable;
    const std::size_t inner = find(holder, 0) + 1;
    return inner < elements_.size() ? inner : kNone;
  }
  return elements_.back().is(element.kinds & kOption) ? elements_.size() - 1 : kNone;
}

Ended OpenElements::end_implied(const Element& element) {
  Ended all;
  const auto close_at = [&](std::size_t place) {
    if (place == kNone) return;
    const Ended one = close(place, !element.is(kTable | kTablePart));
    all.breaks = all.breaks || one.breaks;
  };
  if (element.is(kIgnored)) return all;
  close_at(find_implied(element));
  if (element.is(kEndsP)) close_at(find(kParagraph, kScope | kButton));
  if (elements_.back().is(element.kinds & kHeading)) close_at(elements_.size() - 1);
  if (element.is(kAnchor) && !end_waiting(element)) {
    const std::size_t anchor = find(kAnchor, kScope);
    if (anchor != kNone) end_formatting(anchor);
  }
  return all;
}

Look OpenElements::look_of(const Element& element, const TagStyle& style) const {
  Look look = element.is(kTablePart) ? looks_.back() : looks_[parent()];
  look.hidden = look.hidden || style.hides;
  look.absent = look.absent || style.display == Display::None;
  look.unseen = look.unseen || element.is(kUnseen);
  look.in_select = look.in_select || element.is(kSelect);
  look.breaks = element.is(kBlock) && !look.absent && style.display != Display::Inline;
  if (element.is(kScope) && !element.is(kTable)) ++look.scope;
  if (style.invisible) look.invisible = true;
  if (style.visible) look.invisible = false;
  if (style.font_size) look.font_pixels = style.font_size->number * (style.font_size->is_share ? look.font_pixels : 1);
  if (style.text_indent) look.text_indent = *style.text_indent;
  if (style.color.kind != PaintKind::Unsaid) look.color = style.color;
  if (style.background.kind == PaintKind::Solid || style.background.kind == PaintKind::Unknown)
    look.background = style.background;
  return look;
}

const Look& OpenElements::open(const Element& element, const TagStyle& style, std::size_t text_at) {
  if (elements_.size() >= kMaxOpen) pop_to(kMaxOpen - 1);
  looks_.push_back(look_of(element, style));
  elements_.push_back(element);
  opened_.push_back({style, text_at});
  return looks_.back();
}

Ended OpenElements::end(const Element& element) {
  if (element.is(kPage)) return {};
  if (element.is(kParagraph)) leave_foreign();
  if (element.is(kFormatting) && end_waiting(element)) return {true, false, 0};
  const std::size_t place = find_end(element);
  if (place == kNone) return {};
  if (element.is(kFormatting)) return end_formatting(place);
  return close(place, !element.is(kTable | kTablePart | kScope));
}

Ended OpenElements::close(std::size_t place, bool formatting_waits) {
  Ended ended{true, looks_[place].breaks, opened_[place].text_at};
  for (std::size_t i = place + 1; i < elements_.size(); ++i) {
    ended.breaks = ended.breaks || looks_[i].breaks;
    const bool waits = formatting_waits && elements_[i].is(kFormatting) && looks_[i].scope == looks_[place - 1].scope;
    if (!waits) continue;
    if (waiting_.size() >= kMaxWaiting) waiting_.erase(waiting_.begin());
    waiting_.push_back({elements_[i], opened_[i], looks_[i].scope});
  }
  pop_to(place);
  return ended;
}

/// <b><p></b>: the paragraph stays open, but is bold no more.
Ended OpenElements::end_formatting(std::size_t place) {
  const auto above = elements_.begin() + static_cast<std::ptrdiff_t>(place) + 1;
  if (std::none_of(above, elements_.end(), [](const Element& one) { return one.is(kSpecial); }))
    return close(place, true);
  const std::vector<Element> elements(above, elements_.end());
  const std::vector<Opened> opened(opened_.begin() + static_cast<std::ptrdiff_t>(place) + 1, opened_.end());
  const Ended ended{true, false, opened_[place].text_at};
  pop_to(place);
  for (std::size_t i = 0; i < elements.size(); ++i) open(elements[i], opened[i].style, opened[i].text_at);
  return ended;
}

bool OpenElements::end_waiting(const Element& element) {
  for (std::size_t i = waiting_.size(); i-- > 0;) {
    if (waiting_[i].element.id != element.id || waiting_[i].scope != looks_.back().scope) continue;
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

void OpenElements::resume() {
  const std::size_t scope = looks_.back().scope;
  std::size_t first = waiting_.size();
  while (first > 0 && waiting_[first - 1].scope == scope) --first;
  for (std::size_t i = first; i < waiting_.size(); ++i)
    open(waiting_[i].element, waiting_[i].opened.style, waiting_[i].opened.text_at);
  waiting_.resize(first);
}

}  // namespace winnow
