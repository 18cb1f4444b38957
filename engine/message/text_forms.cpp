#include "engine/message/text_forms.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "config/ascii.h"

namespace winnow {
namespace {

/// DelSp=yes: the blank in front of a soft line break belongs to the break. Without it the blank stays, and lines part no
/// words: those may stay as they are. Lines go on at their own depth of quotes only.
std::string without_soft_breaks(std::string_view text) {
  constexpr std::string_view kSignature = "-- ";
  std::string joined;
  bool is_first = true, is_open = false;
  std::size_t depth = 0;
  for (; !text.empty(); is_first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    const std::string_view marks = line.substr(0, quotes);
    line.remove_prefix(quotes);
    if (line.starts_with(' ')) line.remove_prefix(1);  // RFC 3676 4.4
    if (!is_open || quotes != depth || line == kSignature) {
      if (!is_first) joined += '\n';
      joined.append(marks).append(marks.empty() ? "" : " ");
    }
    is_open = line.ends_with(' ') && line != kSignature;
    depth = quotes;
    joined.append(line.substr(0, line.size() - (is_open ? 1 : 0)));
  }
  return joined;
}

/// Calendar programs fold at 75 octets, within words and characters.
std::string unfolded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool is_fold = c == '\n' && (next == ' ' || next == '\t');
    const bool is_escape = c == '\\' && std::string_view("nN,;\\").find(next) != std::string_view::npos;
    if (is_fold || is_escape) ++i;
    if (is_escape) plain += to_lower(next) == 'n' ? '\n' : next;
    if (!is_fold && !is_escape) plain += c;
  }
  return plain;
}

std::string without_marks(std::string_view text) {
  constexpr std::size_t kNone = std::string::npos;
  std::string plain;
  std::size_t parameter_at = kNone;  // "<param>red</param>" is no text
  while (true) {
    const std::size_t open = std::min(text.find('<'), text.size());
    plain.append(text.substr(0, open));
    text.remove_prefix(open);
    if (text.starts_with("<<")) {
      plain += '<';
      text.remove_prefix(2);
      continue;
    }
    const std::size_t close = text.find('>');
    if (close == kNone) return plain.append(text);
    const std::string_view mark = text.substr(0, close + 1);
    text.remove_prefix(mark.size());
    if (equal_ignoring_case(mark, "<param>")) parameter_at = plain.size();
    if (!equal_ignoring_case(mark, "</param>") || parameter_at == kNone) continue;
    plain.resize(parameter_at);
    parameter_at = kNone;
  }
}

}  // namespace

std::string text_as_shown(std::string text, const ContentType& type) {
  constexpr std::string_view kFolded[] = {"text/calendar", "text/vcard", "text/x-vcard"};
  if (type.type == "text/plain") return type.delsp == "yes" ? without_soft_breaks(text) : text;
  if (is_among_ignoring_case(kFolded, type.type)) return unfolded(text);
  return type.type == "text/enriched" ? without_marks(text) : text;
}

}  // namespace winnow
