// html_elements.h - what the elements of HTML are: which stand in lines of their own, and which end others.
//
// Threads: any.
// Blocks:  never.
// Fails:   never: an unknown element is an ordinary one.
// Source:  the HTML standard: tree construction, and the style sheet of its section Rendering.
#pragma once

#include <cstdint>
#include <string_view>

namespace winnow {

/// What an element is, as bits.
enum ElementKind : std::uint32_t {
  kVoid = 1U << 0,          // has no content
  kBlock = 1U << 1,         // stands in lines of its own
  kUnseen = 1U << 2,        // its text is never shown
  kRawText = 1U << 3,       // holds no markup
  kNoted = 1U << 4,         // is counted, or leads somewhere
  kEndsP = 1U << 5,         // ends an open <p>
  kSpecial = 1U << 6,       // an end tag of an ordinary element does not go past it
  kScope = 1U << 7,         // nor do most others
  kFormatting = 1U << 8,    // goes on behind the end of what it was opened in
  kStopsItem = 1U << 9,     // <li> does not look for an open <li> past it
  kParagraph = 1U << 10,    // p
  kItem = 1U << 11,         // li
  kTerm = 1U << 12,         // dt, dd
  kHeading = 1U << 13,      // h1 to h6
  kOption = 1U << 14,       // option
  kAnchor = 1U << 15,       // a
  kTable = 1U << 16,        // table
  kSection = 1U << 17,      // thead, tbody, tfoot
  kRow = 1U << 18,          // tr
  kCell = 1U << 19,         // td, th
  kCaption = 1U << 20,      // caption, colgroup
  kSelect = 1U << 21,       // select
  kEndsSelect = 1U << 22,   // what can be typed in does not stand in one
  kForeign = 1U << 23,      // svg, math and what is in them
  kMath = 1U << 24,         // math and what is in it
  kHtmlInSvg = 1U << 25,    // there it holds HTML again
  kHtmlInMath = 1U << 26,   // so it does there
  kEndsForeign = 1U << 27,  // never stands in a foreign element
  kIgnored = 1U << 28,      // head: a browser makes its own
  kPage = 1U << 29,         // html and body: there is one of each, to the end of the page
  kButton = 1U << 30,       // button
  kScript = 1U << 31        // script: raw text wherever it stands
};

constexpr std::uint32_t kTablePart = kSection | kRow | kCell | kCaption;

struct Element {
  std::uint32_t id = 0;  // by the name
  std::uint32_t kinds = 0;

  bool is(std::uint32_t some_kinds) const { return (kinds & some_kinds) != 0; }
};

Element element_of(std::string_view lower_case_name);

}  // namespace winnow
