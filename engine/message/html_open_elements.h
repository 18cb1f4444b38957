// html_open_elements.h - the elements that are open at one place of a page, and how text looks there.
//
// Owns:    all of it; up to a fixed depth.
// Threads: one per document.
// Blocks:  never; a tag costs no more than to open anew what is open, which is bounded.
// Fails:   never: a tag that is out of place does what browsers let it do.
// Source:  the HTML standard: tree construction, without its tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/message/html_elements.h"
#include "engine/message/html_style.h"

namespace winnow {

/// How text looks in an element.
struct Look {
  bool hidden = false;  // these three also by an ancestor
  bool absent = false;  // takes no room at all
  bool unseen = false;  // no text at all, not even hidden text
  bool invisible = false;
  bool in_select = false;
  bool breaks = false;    // the element stands in lines of its own
  std::size_t scope = 0;  // formatting does not go on from one cell of a table to another
  double font_pixels = kOrdinaryFont;
  double text_indent = 0;
  Paint color{PaintKind::Solid, 0x000000};
  Paint background{PaintKind::Solid, 0xFFFFFF};

  bool hides_text() const;
};

/// What came of an end tag, or of a start tag that ended something.
struct Ended {
  bool found = false;
  bool breaks = false;  // one of them stood in lines of its own
  std::size_t text_at = 0;
};

class OpenElements {
 public:
  OpenElements();

  /// What a start tag opens here: in svg, math and select it may mean something else, or nothing.
  Element placed(Element element, bool self_closing);
  /// Ends what that start tag ends: <p> an open <p>, <td> an open <td>.
  Ended end_implied(const Element& element);
  /// Also of an element that has no content: how it would look.
  Look look_of(const Element& element, const TagStyle& style) const;
  const Look& open(const Element& element, const TagStyle& style, std::size_t text_at);
  Ended end(const Element& element);
  /// Opens again what goes on behind the end of that in which it was opened. To be called before text, and before elements
  /// that stand in a line.
  void resume();
  /// Of text that comes now.
  const Look& look() const { return looks_[parent()]; }
  /// Of white space, which may stand where text may not.
  const Look& look_of_blanks() const { return looks_.back(); }
  bool has(std::uint32_t kinds) const { return find(kinds, 0) != kNone; }

 private:
  struct Opened {
    TagStyle style;
    std::size_t text_at = 0;
  };
  struct Waiting {
    Element element;
    Opened opened;
    std::size_t scope = 0;
  };

  static constexpr std::size_t kNone = 0;  // the page itself, which nothing ends

  std::size_t parent() const;
  std::size_t find(std::uint32_t kinds, std::uint32_t stops) const;
  std::size_t find_end(const Element& element) const;
  std::size_t find_implied(const Element& element) const;
  Ended close(std::size_t place, bool formatting_waits);
  Ended end_formatting(std::size_t place);
  bool end_waiting(const Element& element);
  void leave_foreign();
  void pop_to(std::size_t size);

  // In step; the elements are apart because searches look at them alone.
  std::vector<Element> elements_;
  std::vector<Look> looks_;
  std::vector<Opened> opened_;
  std::vector<Waiting> waiting_;
};

}  // namespace winnow
