// html_tokenizer.h - HTML as a stream of tags, texts and comments; no tree.
//
// Owns:    nothing; all views borrow from the HTML.
// Blocks:  never; one pass, no stack: nothing in the markup can make it slow. (libxml2's parser looks through all open
//          elements at each stray end tag: 280 KB of "<b>" and "</i>" take it three seconds.)
// Fails:   never: any octets are HTML, as in browsers.
// Source:  the tokenizer of the HTML standard, without its script states.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

struct HtmlAttribute {
  std::string_view name;   // as written
  std::string_view value;  // references not resolved
};

/// One start tag.
struct HtmlTag {
  std::string name;                       // lower case
  std::vector<HtmlAttribute> attributes;  // of those that readers ask for (kKept in html_tokenizer.cpp)
  bool self_closing = false;

  /// The value of that attribute with references resolved; "" when it is missing.
  std::string attribute(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Null when it is missing.
  const HtmlAttribute* find(std::string_view name) const;
};

/// What stands behind a start tag. The same name can hold either.
enum class TagContent { Markup, RawText };

class HtmlEvents {
 public:
  virtual ~HtmlEvents() = default;
  virtual void on_text(std::string_view text) = 0;  // references not resolved
  virtual TagContent on_start(const HtmlTag& tag) = 0;
  virtual void on_end(std::string_view lower_case_name) = 0;
  virtual void on_comment(std::string_view text) = 0;
  /// The content of script, style, title and the like.
  virtual void on_raw_text(std::string_view element, std::string_view text) = 0;
};

void tokenize_html(std::string_view html, HtmlEvents& events);

}  // namespace winnow
