#include "engine/message/html_elements.h"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <unordered_map>

namespace winnow {
namespace {

using Names = std::initializer_list<std::string_view>;
using Kinds = std::unordered_map<std::string_view, std::uint32_t>;

Kinds make_kinds() {
  Kinds kinds;
  const auto add = [&](std::uint32_t kind, Names names) {
    for (const std::string_view name : names) kinds[name] |= kind;
  };
  add(kVoid,
      {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr", "param"});
  add(kBlock | kSpecial | kEndsP,
      {"p",       "div",     "ul",     "ol",     "table",  "h1",      "h2",       "h3",         "h4",      "h5",
       "h6",      "hr",      "center", "pre",    "form",   "section", "article",  "blockquote", "address", "header",
       "footer",  "dl",      "dt",     "dd",     "li",     "nav",     "main",     "aside",      "figure",  "figcaption",
       "details", "summary", "dialog", "hgroup", "search", "menu",    "fieldset", "listing",    "dir"});
  add(kBlock | kSpecial, {"br", "tr", "body", "option", "thead", "tbody", "tfoot", "caption"});
  add(kBlock | kEndsP, {"xmp", "plaintext"});
  add(kUnseen, {"template", "datalist", "rp"});
  add(kRawText, {"script", "style", "title", "textarea", "xmp", "noembed", "noframes", "iframe", "plaintext"});
  add(kNoted, {"a", "area", "base", "form", "frame", "iframe", "img", "script", "style", "table"});
  add(kSpecial, {"html", "title", "td", "th", "colgroup", "button", "select", "textarea", "iframe", "object", "marquee",
                 "applet", "template", "script", "style", "noscript", "foreignobject"});
  add(kScope, {"html", "table", "td", "th", "caption", "object", "marquee", "applet", "template"});
  add(kFormatting, {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"});
  add(kParagraph, {"p"});
  add(kItem, {"li"});
  add(kTerm, {"dt", "dd"});
  add(kHeading, {"h1", "h2", "h3", "h4", "h5", "h6"});
  add(kOption, {"option"});
  add(kAnchor, {"a"});
  add(kButton, {"button"});
  add(kScript, {"script"});
  add(kTable, {"table"});
  add(kSection, {"thead", "tbody", "tfoot"});
  add(kRow, {"tr"});
  add(kCell, {"td", "th"});
  add(kCaption, {"caption", "colgroup"});
  add(kSelect, {"select"});
  add(kEndsSelect, {"input", "textarea"});
  add(kForeign, {"svg", "math"});
  add(kMath, {"math"});
  add(kHtmlInSvg, {"foreignobject", "desc", "title"});
  add(kHtmlInMath, {"mi", "mo", "mn", "ms", "mtext"});
  add(kEndsForeign, {"b",  "big", "blockquote", "body",   "br",     "center", "code",  "dd",  "div",  "dl",  "dt",
                     "em", "h1",  "h2",         "h3",     "h4",     "h5",     "h6",    "hr",  "i",    "li",  "img",
                     "ol", "p",   "listing",    "menu",   "meta",   "nobr",   "pre",   "s",   "ruby", "tt",  "small",
                     "u",  "ul",  "span",       "strong", "strike", "sub",    "table", "var", "sup",  "font"});
  add(kIgnored, {"head"});
  add(kPage, {"html", "body"});
  for (auto& [name, bits] : kinds) {
    const bool is_passed = name == "p" || name == "div" || name == "address";
    if ((bits & kSpecial) != 0 && !is_passed) bits |= kStopsItem;
  }
  return kinds;
}

}  // namespace

Element element_of(std::string_view name) {
  static const Kinds kKinds = make_kinds();
  const auto found = kKinds.find(name);
  const auto id = static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  return {id, found == kKinds.end() ? 0 : found->second};
}

}  // namespace winnow
