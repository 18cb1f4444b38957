// html_style_sheet.h - what the style sheets of a page may do to the colours and the size of an element's text.
//
// Owns:    what it has read of the sheets.
// Threads: one per document.
// Blocks:  never; linear in the sheets, and in the tags' class attributes.
// Fails:   never: a rule that is not understood is left out.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/message/html_color.h"
#include "engine/message/html_tokenizer.h"

namespace winnow {

/// A sheet hides nothing here: many mail programs leave it out. It keeps what it may paint from being taken for hidden.
struct SheetStyle {
  Paint background;
  bool may_color = false, may_size = false;
};

class StyleSheets {
 public:
  /// The content of one style element.
  void read(std::string_view css);
  SheetStyle style_of(const HtmlTag& tag) const;

 private:
  void read_rule(std::string_view selectors, std::string_view declarations);
  void add(std::string_view selector, SheetStyle style);

  std::unordered_map<std::string, SheetStyle> rules_;  // by "td", ".class", "#id" or "*", in lower case
};

}  // namespace winnow
