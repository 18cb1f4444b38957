// html_tokenizer.cpp - each find() goes forward from the last position, and a search that fails ends the
// document.
#include "engine/message/html_tokenizer.h"

#include <algorithm>

#include "config/ascii.h"
#include "engine/message/html_entities.h"

namespace winnow {
namespace {

/// The attributes that readers ask for. Only these are kept, so that one is found behind any number of others.
constexpr std::string_view kKept[] = {"action", "background", "bgcolor", "class", "color", "height", "hidden",
                                      "href",   "id",         "open",    "src",   "style", "text",   "width"};
constexpr std::size_t kMaxTagName = 32;

class Tokenizer {
 public:
  Tokenizer(std::string_view html, HtmlEvents& events) : html_(html), events_(events) {}

  void run() {
    while (at_ < html_.size()) {
      const std::size_t open = std::min(html_.find('<', at_), html_.size());
      if (open > at_) events_.on_text(html_.substr(at_, open - at_));
      at_ = open;
      if (at_ < html_.size()) markup();
    }
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < html_.size() ? html_[at_ + ahead] : '\0'; }

  void markup() {
    const char next = peek(1);
    if (is_alpha(next)) return start_tag();
    if (next == '/' && is_alpha(peek(2))) return end_tag();
    if (next == '!' && peek(2) == '-' && peek(3) == '-') return comment();
    if (next == '!' || next == '?' || next == '/') return bogus_comment();
    events_.on_text(html_.substr(at_, 1));
    ++at_;
  }

  void comment() {
    at_ += 4;
    if (peek(0) == '>' || (peek(0) == '-' && peek(1) == '>')) {
      at_ += peek(0) == '>' ? 1 : 2;
      return events_.on_comment({});
    }
    const std::size_t end = comment_end();
    events_.on_comment(html_.substr(at_, end - at_));
    at_ = std::min(html_.find('>', end), html_.size() - 1) + 1;
  }

  /// Where "-->" stands, or "--!>", which browsers take for it.
  std::size_t comment_end() const {
    for (std::size_t end = html_.find("--", at_); end != std::string_view::npos; end = html_.find("--", end + 1)) {
      const std::string_view rest = html_.substr(end + 2, 2);
      if (rest.substr(0, 1) == ">" || rest == "!>") return end;
    }
    return html_.size();
  }

  void bogus_comment() {
    const std::size_t end = html_.find('>', at_);
    events_.on_comment({});
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
  }

  std::string tag_name() {
    const std::size_t begin = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/') ++at_;
    return to_lower(html_.substr(begin, std::min(at_ - begin, kMaxTagName)));
  }

  void end_tag() {
    at_ += 2;
    const std::string name = tag_name();
    const std::size_t end = html_.find('>', at_);
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
    events_.on_end(name);
  }

  void start_tag() {
    ++at_;
    tag_.name = tag_name();
    tag_.attributes.clear();
    tag_.self_closing = false;
    while (at_ < html_.size() && html_[at_] != '>') attribute();
    if (at_ < html_.size()) ++at_;
    if (events_.on_start(tag_) == TagContent::RawText) raw_text();
  }

  void attribute() {
    if (is_space(html_[at_])) {
      ++at_;
      return;
    }
    if (html_[at_] == '/') {
      tag_.self_closing = peek(1) == '>';
      ++at_;
      return;
    }
    const std::size_t begin = at_++;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '=' && html_[at_] != '>' && html_[at_] != '/')
      ++at_;
    HtmlAttribute attribute{html_.substr(begin, at_ - begin), {}};
    std::size_t after = at_;
    while (after < html_.size() && is_space(html_[after])) ++after;
    if (after < html_.size() && html_[after] == '=') {
      at_ = after + 1;
      attribute.value = attribute_value();
    } else {
      at_ = after;
    }
    keep(attribute);
  }

  /// Of two with one name the first counts.
  void keep(const HtmlAttribute& attribute) {
    if (is_among_ignoring_case(kKept, attribute.name) && !tag_.has(attribute.name))
      tag_.attributes.push_back(attribute);
  }

  std::string_view attribute_value() {
    while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    if (at_ >= html_.size()) return {};
    const char quote = html_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t begin = ++at_;
      const std::size_t end = std::min(html_.find(quote, at_), html_.size());
      at_ = std::min(end + 1, html_.size());
      return html_.substr(begin, end - begin);
    }
    const std::size_t begin = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
    return html_.substr(begin, at_ - begin);
  }

  void raw_text() {
    const std::size_t end = raw_text_end();
    events_.on_raw_text(tag_.name, html_.substr(at_, end - at_));
    at_ = end;
  }

  /// At the end tag of that very name.
  std::size_t raw_text_end() const {
    if (tag_.name == "plaintext") return html_.size();
    for (std::size_t end = html_.find("</", at_); end != std::string_view::npos; end = html_.find("</", end + 2)) {
      const std::string_view rest = html_.substr(end + 2);
      if (!starts_ignoring_case(rest, tag_.name)) continue;
      const std::string_view next = rest.substr(tag_.name.size(), 1);
      if (next.empty() || next == ">" || next == "/" || is_space(next[0])) return end;
    }
    return html_.size();
  }

  const std::string_view html_;
  HtmlEvents& events_;
  std::size_t at_ = 0;
  HtmlTag tag_;
};

}  // namespace

std::string HtmlTag::attribute(std::string_view name) const {
  const HtmlAttribute* const found = find(name);
  return found == nullptr ? std::string() : unescape_html(found->value);
}

const HtmlAttribute* HtmlTag::find(std::string_view name) const {
  for (const HtmlAttribute& attribute : attributes) {
    if (equal_ignoring_case(attribute.name, name)) return &attribute;
  }
  return nullptr;
}

void tokenize_html(std::string_view html, HtmlEvents& events) { Tokenizer(html, events).run(); }

}  // namespace winnow
