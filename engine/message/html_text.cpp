// html_text.cpp - text goes to one of two places, by how it looks in the elements that are open.
#include "engine/message/html_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "config/ascii.h"
#include "engine/message/charset.h"
#include "engine/message/html_elements.h"
#include "engine/message/html_entities.h"
#include "engine/message/html_open_elements.h"
#include "engine/message/html_style.h"
#include "engine/message/html_tokenizer.h"
#include "engine/message/links.h"
#include "engine/message/unseen.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxAnchorText = 500;
constexpr std::size_t kMaxUrl = 4096;

/// Where one kind of text is gathered.
struct TextSink {
  std::string text;
  bool space_waits = false;
  BlankRuns blanks;
};

class HtmlReader : public HtmlEvents {
 public:
  explicit HtmlReader(const HtmlLimits& limits) : limits_(limits) {}

  void on_text(std::string_view text) override;
  TagContent on_start(const HtmlTag& tag) override;
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
  void append(std::string_view text, TextSink& sink);
  void line_break();
  void start_lines(const Element& element, const Look& look);
  bool ends_in_letter() const;

  const HtmlLimits limits_;
  HtmlText result_;
  StyleReader styles_;
  OpenElements open_;
  TextSink visible_, hidden_, title_;
  bool interrupted_ = false;           // a comment or empty element since the last letter
  std::optional<std::size_t> anchor_;  // index of the open link
  bool anchor_has_image_ = false;
  std::vector<std::size_t> empty_links_;  // indexes of anchors that were closed and show nothing
  std::optional<std::string> base_;       // "" where it names no host
  std::string last_image_;
};

bool HtmlReader::ends_in_letter() const {
  if (visible_.text.empty() || visible_.space_waits) return false;
  const char last = visible_.text.back();
  return is_alpha(last) || static_cast<unsigned char>(last) >= 0x80;
}

void HtmlReader::line_break() {
  std::string& text = visible_.text;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (!text.empty() && text.back() != '\n' && text.size() < limits_.max_text_bytes) text += '\n';
  visible_.space_waits = false;
  interrupted_ = false;
}

/// White space runs become one space, as browsers show them.
void HtmlReader::append(std::string_view text, TextSink& sink) {
  std::string& target = sink.text;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      sink.space_waits = true;
      ++at;
      continue;
    }
    std::size_t end = at;
    unsigned kinds = 0;
    for (; end < text.size() && octet_kind(text[end]) != kSpace; ++end) kinds |= octet_kind(text[end]);
    const std::string_view word = text.substr(at, end - at);
    const std::size_t before = target.size();
    if (sink.space_waits && before > 0 && target.back() != '\n') target += ' ';
    const std::size_t kept = target.size();
    if ((kinds & kOdd) != 0) {
      sink.blanks.append(word, target);
    } else {
      sink.blanks.end_run();
      target.append(word);
    }
    at = end;
    if (target.size() == kept) {  // nothing of it shows, and no blank is due for it
      target.resize(before);
      continue;
    }
    if (target.size() > limits_.max_text_bytes) {
      target.resize(before);
      result_.cut = true;
      return;
    }
    sink.space_waits = false;
  }
}

void HtmlReader::on_text(std::string_view raw) {
  const bool is_blank = trim(raw).empty();
  if (!is_blank) open_.resume();
  const Look& look = is_blank ? open_.look_of_blanks() : open_.look();
  if (look.unseen) return;
  std::string unescaped;
  std::string_view text = raw;
  if (raw.find('&') != std::string_view::npos) {
    append_unescaped(raw, unescaped);
    text = unescaped;
  }
  if (look.hides_text()) {
    const std::size_t before = hidden_.text.size();
    append(text, hidden_);
    result_.shape.hidden_text_bytes += hidden_.text.size() - before;
    return;
  }
  const bool letter = !text.empty() && (is_alpha(text[0]) || static_cast<unsigned char>(text[0]) >= 0x80);
  if (interrupted_ && letter && ends_in_letter()) ++result_.shape.comments_in_words;
  if (!is_blank) interrupted_ = false;
  const std::size_t before = visible_.text.size();
  append(text, visible_);
  if (!anchor_ || before == visible_.text.size()) return;
  std::string& anchor_text = result_.links[*anchor_].text;
  if (anchor_text.size() >= kMaxAnchorText) return;
  anchor_text += utf8_prefix(std::string_view(visible_.text).substr(before), kMaxAnchorText - anchor_text.size());
}

void HtmlReader::on_comment(std::string_view) {
  if (ends_in_letter()) interrupted_ = true;
}

void HtmlReader::on_raw_text(std::string_view element, std::string_view text) {
  if (element == "title") append(unescape_html(text), title_);
  if (element == "style") styles_.read_sheet(text);
  if (element == "textarea" || element == "xmp" || element == "plaintext") on_text(text);
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

bool is_all_blank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c != ' ' && !shows_nothing(c)) return false;
  }
  return true;
}

/// Nobody clicks on a link that shows nothing: in a full list it gives way to a later one.
void HtmlReader::close_anchor() {
  if (anchor_ && !anchor_has_image_ && is_all_blank(result_.links[*anchor_].text)) empty_links_.push_back(*anchor_);
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
  // Of a base, which may be long and is asked for each image, only the scheme counts here.
  const std::string_view base = base_ ? std::string_view(*base_).substr(0, std::string_view("https://h").size()) : "";
  return starts_ignoring_case(url, "http") || starts_ignoring_case(resolved_url(url, base), "http");
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

/// An element of lines that a style keeps within one, or takes away, is found in split words.
void HtmlReader::start_lines(const Element& element, const Look& look) {
  if (element.is(kBlock) && look.breaks) line_break();
  if (element.is(kBlock) && !look.breaks && ends_in_letter()) interrupted_ = true;
}

TagContent HtmlReader::on_start(const HtmlTag& tag) {
  ++result_.shape.tags;
  const Element named = element_of(tag.name);
  const Element element = open_.placed(named, tag.self_closing);
  if (open_.end_implied(element).breaks) line_break();
  if (!element.is(kSpecial)) open_.resume();
  const TagStyle style = styles_.style_of(tag, element);
  const bool opens = !element.is(kVoid | kIgnored);
  const Look look = opens ? open_.open(element, style, visible_.text.size()) : open_.look_of(element, style);
  start_lines(element, look);
  if (named.is(kCell) && !look.absent) visible_.space_waits = true;
  if (named.is(kNoted)) {
    count_tag(tag);
    read_links(tag);
  }
  return element.is(kRawText) ? TagContent::RawText : TagContent::Markup;
}

void HtmlReader::on_end(std::string_view name) {
  if (name == "a") close_anchor();
  const Element element = element_of(name);
  const Ended ended = open_.end(element);
  const bool is_trick = ended.text_at == visible_.text.size() || element.is(kBlock);
  if (ended.found && is_trick && ends_in_letter()) interrupted_ = true;
  // Without a start tag these two are taken for <p></p> and <br>.
  if (ended.breaks || (!ended.found && element.is(kParagraph)) || name == "br") line_break();
}

HtmlText HtmlReader::take() {
  if (open_.has(kPage)) line_break();
  result_.visible = std::move(visible_.text);
  result_.hidden = std::move(hidden_.text);
  result_.title = std::move(title_.text);
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
