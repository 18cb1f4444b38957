// html_text.cpp - a small stack of open elements carries colours and visibility; text goes to one of two
// places.
#include "engine/message/html_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "config/ascii.h"
#include "engine/message/charset.h"
#include "engine/message/html_color.h"
#include "engine/message/html_entities.h"
#include "engine/message/html_style.h"
#include "engine/message/html_tokenizer.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxOpen = 256;   // deeper elements inherit from the last that is remembered
constexpr std::size_t kMaxSearch = 64;  // open elements that an end tag is compared with
constexpr std::size_t kMaxAnchorText = 500;
constexpr std::size_t kMaxUrl = 4096;
constexpr double kTinyFont = 1.5;  // pixels

/// What an element is, as bits.
enum ElementKind : unsigned {
  kVoid = 1,           // has no content
  kBlock = 2,          // stands in lines of its own
  kUnseen = 4,         // its text is never shown
  kEndsP = 8,          // ends an open <p>
  kEndsItself = 16,    // ends an open one of the same name
  kCell = 32,          // of a table
  kStopsImplied = 64,  // an end that is only implied does not go past it
  kNoted = 128         // is counted, or leads somewhere
};

const std::unordered_map<std::string_view, unsigned>& element_kinds() {
  static const auto all = [] {
    std::unordered_map<std::string_view, unsigned> kinds;
    const auto add = [&](unsigned kind, std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) kinds[name] |= kind;
    };
    add(kVoid, {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr",
                "param"});
    add(kBlock,
        {"p",      "div", "br", "tr", "li",         "ul",     "ol",      "table",    "h1",      "h2",      "h3",
         "h4",     "h5",  "h6", "hr", "blockquote", "center", "pre",     "form",     "section", "article", "header",
         "footer", "dl",  "dt", "dd", "body",       "option", "address", "fieldset", "title",   "tbody",   "thead"});
    add(kUnseen, {"head", "noframes", "template", "datalist"});
    add(kEndsP, {"p", "div", "table", "ul", "ol", "h1", "h2", "h3", "form", "blockquote"});
    add(kEndsItself, {"li", "tr", "option"});
    add(kCell, {"td", "th"});
    add(kStopsImplied, {"table", "ul", "ol", "td", "th", "div"});
    add(kNoted, {"a", "area", "base", "form", "frame", "iframe", "img", "script", "style", "table"});
    return kinds;
  }();
  return all;
}

unsigned kinds_of(std::string_view name) {
  const auto found = element_kinds().find(name);
  return found == element_kinds().end() ? 0 : found->second;
}

struct OpenElement {
  std::string name;
  unsigned kinds = 0;
  bool hidden = false;  // also by an ancestor
  bool invisible = false;
  bool unseen = false;  // no text at all, not even hidden text
  double font_pixels = 16;
  Paint color{PaintKind::Solid, 0x000000};
  Paint background{PaintKind::Solid, 0xFFFFFF};
  std::size_t text_at = 0;  // characters seen when it was opened

  bool hides_text() const {
    return hidden || invisible || font_pixels <= kTinyFont || color.kind == PaintKind::Clear ||
           (color.kind == PaintKind::Solid && background.kind == PaintKind::Solid &&
            nearly_equal(color.color, background.color));
  }
};

class HtmlReader : public HtmlEvents {
 public:
  explicit HtmlReader(const HtmlLimits& limits) : limits_(limits) { open_.emplace_back(); }

  void on_text(std::string_view text) override;
  void on_start(const HtmlTag& tag) override;
  void on_end(std::string_view name) override;
  void on_comment(std::string_view text) override;
  void on_raw_text(std::string_view element, std::string_view text) override;
  HtmlText take();

 private:
  void count_tag(const HtmlTag& tag);
  void image(const HtmlTag& tag);
  std::optional<std::size_t> add_link(const std::string& url, bool is_image);
  void close_anchor();
  void set_base(const HtmlTag& tag);
  void read_links(const HtmlTag& tag);
  bool is_remote(const std::string& url) const;
  void open_element(const HtmlTag& tag, unsigned kinds);
  void close_implied(std::string_view name, unsigned kinds);
  void append(std::string_view text, std::string& target, bool& space_waits);
  void line_break();
  bool ends_in_letter() const;

  const HtmlLimits limits_;
  HtmlText result_;
  StyleReader styles_;
  std::vector<OpenElement> open_;
  bool visible_space_ = false, hidden_space_ = false;
  bool interrupted_ = false;           // a comment or empty element since the last letter
  std::optional<std::size_t> anchor_;  // index of the open link
  bool anchor_has_image_ = false;
  std::vector<std::size_t> empty_links_;  // indexes of anchors that were closed and show nothing
  std::optional<std::string> base_;       // "" where it names no host
  std::string last_image_;
};

bool HtmlReader::ends_in_letter() const {
  if (result_.visible.empty() || visible_space_) return false;
  const char last = result_.visible.back();
  return is_alpha(last) || static_cast<unsigned char>(last) >= 0x80;
}

void HtmlReader::line_break() {
  std::string& text = result_.visible;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (!text.empty() && text.back() != '\n' && text.size() < limits_.max_text_bytes) text += '\n';
  visible_space_ = false;
  interrupted_ = false;
}

/// White space runs become one space, as browsers show them.
void HtmlReader::append(std::string_view text, std::string& target, bool& space_waits) {
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      space_waits = true;
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && octet_kind(text[end]) != kSpace) ++end;
    if (target.size() + (end - at) + 1 > limits_.max_text_bytes) {
      result_.cut = true;
      return;
    }
    if (space_waits && !target.empty() && target.back() != '\n') target += ' ';
    space_waits = false;
    target.append(text.substr(at, end - at));
    at = end;
  }
}

void HtmlReader::on_text(std::string_view raw) {
  const OpenElement& element = open_.back();
  if (element.unseen) return;
  std::string unescaped;
  std::string_view text = raw;
  if (raw.find('&') != std::string_view::npos) {
    append_unescaped(raw, unescaped);
    text = unescaped;
  }
  if (element.hides_text()) {
    const std::size_t before = result_.hidden.size();
    append(text, result_.hidden, hidden_space_);
    result_.shape.hidden_text_bytes += result_.hidden.size() - before;
    return;
  }
  const bool letter = !text.empty() && (is_alpha(text[0]) || static_cast<unsigned char>(text[0]) >= 0x80);
  if (interrupted_ && letter && ends_in_letter()) ++result_.shape.comments_in_words;
  if (!trim(text).empty()) interrupted_ = false;
  const std::size_t before = result_.visible.size();
  append(text, result_.visible, visible_space_);
  if (!anchor_ || before == result_.visible.size()) return;
  std::string& anchor_text = result_.links[*anchor_].text;
  if (anchor_text.size() >= kMaxAnchorText) return;
  anchor_text += utf8_prefix(std::string_view(result_.visible).substr(before), kMaxAnchorText - anchor_text.size());
}

void HtmlReader::on_comment(std::string_view) {
  if (ends_in_letter()) interrupted_ = true;
}

void HtmlReader::on_raw_text(std::string_view element, std::string_view text) {
  if (element == "title") append(unescape_html(text), result_.title, hidden_space_);
  if (element == "textarea" || element == "xmp") on_text(text);
}

/// Where the link stands in the list; nullopt when it is none or the list is full.
std::optional<std::size_t> HtmlReader::add_link(const std::string& url, bool is_image) {
  // Without a base that leads to this page.
  if (!url.empty() && url.front() == '#' && base_.value_or("").empty()) return std::nullopt;
  if (url.empty() || starts_ignoring_case(url, "cid:") || starts_ignoring_case(url, "data:")) return std::nullopt;
  std::size_t place = result_.links.size();
  if (place < limits_.max_links) {
    result_.links.emplace_back();
  } else {
    result_.cut = true;
    if (empty_links_.empty()) return std::nullopt;
    place = empty_links_.back();
    empty_links_.pop_back();
  }
  Link link;
  link.url = std::string(utf8_prefix(url, kMaxUrl));
  link.from_html = true;
  link.is_image = is_image;
  result_.links[place] = std::move(link);
  return place;
}

bool shows_nothing(std::string_view text) {
  constexpr char32_t kSoftHyphen = 0xAD, kNoBreakSpace = 0xA0, kByteOrderMark = 0xFEFF;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    const bool is_blank = c == ' ' || c == '\n' || c == kNoBreakSpace || c == kSoftHyphen || c == kByteOrderMark ||
                          (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x2064);
    if (!is_blank) return false;
  }
  return true;
}

/// Nobody clicks on a link that shows nothing: in a full list it gives way to a later one.
void HtmlReader::close_anchor() {
  if (anchor_ && !anchor_has_image_ && shows_nothing(result_.links[*anchor_].text)) empty_links_.push_back(*anchor_);
  anchor_.reset();
  anchor_has_image_ = false;
}

/// The first base of a page counts, also where it is none that a link can start from.
void HtmlReader::set_base(const HtmlTag& tag) {
  if (base_ || !tag.has("href")) return;
  const std::string url = resolved_url(cleaned_url(tag.attribute("href")), {});
  base_ = split_url(url).host.empty() ? std::string() : std::string(utf8_prefix(url, kMaxUrl));
}

void HtmlReader::read_links(const HtmlTag& tag) {
  if (tag.name == "base") set_base(tag);
  if (tag.name == "a") {
    close_anchor();
    std::string url = cleaned_url(tag.attribute("href"));
    if (url.empty() && tag.has("href")) url.assign(1, '#');
    anchor_ = add_link(url, false);
  }
  if (tag.name == "area") add_link(cleaned_url(tag.attribute("href")), false);
  if (tag.name == "iframe" || tag.name == "frame") add_link(cleaned_url(tag.attribute("src")), false);
  if (tag.name == "form") {
    const std::string url = cleaned_url(tag.attribute("action"));
    if (is_remote(url)) add_link(url, false);
  }
}

bool HtmlReader::is_remote(const std::string& url) const {
  return starts_ignoring_case(url, "http") || starts_ignoring_case(resolved_url(url, base_.value_or("")), "http");
}

void HtmlReader::image(const HtmlTag& tag) {
  HtmlShape& shape = result_.shape;
  ++shape.images;
  const auto tiny = [&](std::string_view side) {
    const std::string value = tag.attribute(side);
    return value == "0" || value == "1" || value == "0px" || value == "1px";
  };
  const bool is_tiny = tiny("width") && tiny("height");
  if (is_tiny) ++shape.tiny_images;
  anchor_has_image_ = anchor_has_image_ || !is_tiny;
  std::string source = cleaned_url(tag.attribute("src"));
  if (!is_remote(source)) return;
  ++shape.remote_images;
  // A newsletter shows the same spacer a hundred times.
  if (source != last_image_) add_link(source, true);
  last_image_ = std::move(source);
}

void HtmlReader::count_tag(const HtmlTag& tag) {
  HtmlShape& shape = result_.shape;
  if (tag.name == "form") ++shape.forms;
  if (tag.name == "script") ++shape.scripts;
  if (tag.name == "table") ++shape.tables;
  if (tag.name == "style") ++shape.styles;
  if (tag.name == "img") image(tag);
}

/// <p> ends an open <p>, <li> an open <li>, <td> an open <td>: their end tags are often left out.
void HtmlReader::close_implied(std::string_view name, unsigned kinds) {
  std::string_view closes;
  if ((kinds & kEndsP) != 0) closes = "p";
  if ((kinds & kEndsItself) != 0) closes = name;
  if ((kinds & kCell) != 0) closes = "td";
  if (closes.empty()) {
    if (name == "body" && open_.back().name == "head") open_.pop_back();
    return;
  }
  const std::size_t lowest = open_.size() > 9 ? open_.size() - 8 : 1;
  for (std::size_t i = open_.size(); i-- > lowest;) {
    if (open_[i].name == closes) {
      open_.resize(i);
      return;
    }
    if ((open_[i].kinds & kStopsImplied) != 0) return;
  }
}

void HtmlReader::open_element(const HtmlTag& tag, unsigned kinds) {
  close_implied(tag.name, kinds);
  if (open_.size() >= kMaxOpen) return;
  const TagStyle style = styles_.style_of(tag);
  OpenElement element = open_.back();
  element.name = tag.name;
  element.kinds = kinds;
  element.text_at = result_.visible.size();
  element.hidden = element.hidden || style.hides;
  element.unseen = element.unseen || (kinds & kUnseen) != 0;
  if (style.invisible) element.invisible = true;
  if (style.visible) element.invisible = false;
  if (style.font_pixels) element.font_pixels = *style.font_pixels;
  if (style.color.kind != PaintKind::Unsaid) element.color = style.color;
  if (style.background.kind == PaintKind::Solid || style.background.kind == PaintKind::Unknown) {
    element.background = style.background;
  } else if (style.background.kind == PaintKind::Unsaid && result_.shape.styles > 0 && tag.has("class")) {
    element.background.kind = PaintKind::Unknown;  // the style sheet may paint it
  }
  open_.push_back(std::move(element));
}

void HtmlReader::on_start(const HtmlTag& tag) {
  const unsigned kinds = kinds_of(tag.name);
  ++result_.shape.tags;
  if ((kinds & kBlock) != 0) line_break();
  if ((kinds & kCell) != 0) visible_space_ = true;
  if ((kinds & kNoted) != 0) {
    count_tag(tag);
    read_links(tag);
  }
  if ((kinds & kVoid) == 0) open_element(tag, kinds);
}

void HtmlReader::on_end(std::string_view name) {
  if (name == "a") close_anchor();
  const std::size_t lowest = open_.size() > kMaxSearch ? open_.size() - kMaxSearch : 1;
  for (std::size_t i = open_.size(); i-- > lowest;) {
    if (open_[i].name != name) continue;
    if (open_[i].text_at == result_.visible.size() && ends_in_letter()) interrupted_ = true;
    open_.resize(i);
    break;
  }
  if ((kinds_of(name) & kBlock) != 0) line_break();
}

HtmlText HtmlReader::take() {
  const std::string base = base_.value_or("");
  for (Link& link : result_.links) {
    link.url = resolved_url(link.url, base);
    complete_link(link);
  }
  return std::move(result_);
}

}  // namespace

HtmlText read_html(std::string_view html, const HtmlLimits& limits) {
  HtmlReader reader(limits);
  tokenize_html(html, reader);
  HtmlText result = reader.take();
  result.shape.bytes = html.size();
  return result;
}

}  // namespace winnow
