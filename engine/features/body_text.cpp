// body_text.cpp - which part of subject and body the sender wrote: without list tags, list footers and
// quotes.
#include <algorithm>
#include <string>
#include <string_view>

#include "config/ascii.h"
#include "engine/features/message_facts.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxFooter = 1500;

/// Length of a tag in front of a subject that a list server or an earlier filter put there, or 0.
std::size_t tag_length(std::string_view subject) {
  constexpr std::size_t kMaxTag = 30;
  if (subject.empty()) return 0;
  if (subject.front() == '[' || subject.front() == '{') {
    const std::size_t end = subject.find(subject.front() == '[' ? ']' : '}');
    return end != std::string_view::npos && end < kMaxTag ? end + 1 : 0;
  }
  if (subject.substr(0, 3) != "***") return 0;
  const std::size_t word = subject.find_first_not_of('*');
  if (word == std::string_view::npos) return 0;
  const std::size_t stars = subject.find("***", word);
  if (stars == std::string_view::npos || stars > kMaxTag) return 0;
  return std::min(subject.find_first_not_of('*', stars), subject.size());
}

std::size_t reply_prefix_length(std::string_view subject) {
  for (const std::string_view prefix : {"re:", "fwd:", "fw:", "aw:", "wg:", "sv:", "vs:", "antw:", "tr:", "rv:", "enc:",
                                        "res:", "回复:", "答复:", "转发:", "返信:", "回复：", "答复：", "转发："}) {
    if (starts_ignoring_case(subject, prefix)) return prefix.size();
  }
  return 0;
}

bool is_rule_line(std::string_view line, char c) {
  constexpr std::size_t kShortest = 20;
  line = trim(line);
  return line.size() >= kShortest && line.find_first_not_of(c) == std::string_view::npos;
}

bool names_a_list(std::string_view footer) {
  const std::string lower = to_lower(footer.substr(0, kMaxFooter));
  for (const std::string_view mark : {"mailing list", "unsubscribe from this list", "unsubscribe from this group",
                                      "you received this message because you are subscribed", "/listinfo/",
                                      "/mailman3/lists/", "-leave@", "email is sponsored by"}) {
    if (lower.find(mark) != std::string::npos) return true;
  }
  return false;
}

/// The first line, without its line end; takes both from `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Octets of lines that are no address, no link and no word about the list.
std::size_t prose_of_footer(std::string_view footer) {
  std::size_t prose = 0;
  while (!footer.empty()) {
    const std::string line = to_lower(trim(take_line(footer)));
    const bool names_list = line.find('@') != std::string::npos || line.find("://") != std::string::npos ||
                            line.find("list") != std::string::npos;
    prose += names_list ? 0 : line.size();
  }
  return prose;
}

/// Whether `footer` may be dropped below `above`: a sender who puts the mark of a footer over his message must not hide it.
/// Only what a list server writes by itself, its name and addresses, may be longer than what it stands below.
bool leaves_the_message(std::string_view above, std::string_view footer) {
  constexpr std::size_t kMostLines = 5;
  constexpr std::size_t kMostBytes = 300;
  constexpr std::size_t kMostProse = 100;
  above = trim(above);
  footer = trim(footer);
  if (above.empty()) return false;
  if (footer.size() <= above.size()) return true;
  const auto lines = static_cast<std::size_t>(std::count(footer.begin(), footer.end(), '\n')) + 1;
  return lines <= kMostLines && footer.size() <= kMostBytes && prose_of_footer(footer) <= kMostProse;
}

/// Where the footer of a list server starts: a line of underscores (Mailman) or of dashes or a signature line, followed by
/// words about the list.
std::size_t footer_position(std::string_view text) {
  std::size_t from = text.size() > kMaxFooter ? text.size() - kMaxFooter : 0;
  if (from > 0) from = std::min(text.find('\n', from), text.size() - 1) + 1;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = text.substr(from, end - from);
    const bool is_mark = line == "-- " || line == "--" || is_rule_line(line, '_') || is_rule_line(line, '-');
    const std::string_view below = text.substr(end);
    if (is_mark && names_a_list(below) && leaves_the_message(text.substr(0, from), below)) return from;
    from = end + 1;
  }
  return text.size();
}

bool is_quote(std::string_view line) { return !line.empty() && line.front() == '>'; }

std::string without_quote_marks(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (is_quote(line)) line.remove_prefix(std::min(line.find_first_not_of("> \t"), line.size()));
    plain.append(line).push_back('\n');
  }
  return plain;
}

}  // namespace

std::string_view list_footer(std::string_view text) { return text.substr(footer_position(text)); }

std::string strip_subject(std::string_view subject, bool& has_reply_prefix) {
  has_reply_prefix = false;
  constexpr int kMaxPrefixes = 8;
  constexpr int kMaxTags = 3;  // a filter's, a list's and "[PATCH 1/2]"; who writes more writes his subject in brackets
  int tags = 0;
  for (int i = 0; i < kMaxPrefixes; ++i) {
    subject = trim(subject);
    const std::size_t reply = reply_prefix_length(subject);
    const std::size_t tag = tag_length(subject);
    if (reply == 0 && (tag == 0 || ++tags > kMaxTags)) break;
    if (reply > 0) has_reply_prefix = true;
    if (trim(subject.substr(std::max(reply, tag))).empty()) break;  // nothing but a tag: that is the subject
    subject.remove_prefix(std::max(reply, tag));
  }
  return std::string(trim(subject));
}

void split_body(std::string_view text, std::string& own, std::string& quoted) {
  text = text.substr(0, footer_position(text));
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = take_line(rest);
    (is_quote(line) ? quoted : own).append(line).push_back('\n');
  }
  // A reader sees quotes, too, and anybody can write a mark before his lines.
  if (quoted.empty() || trim(own).size() >= quoted.size()) return;
  own = without_quote_marks(text);
  quoted.clear();
}

}  // namespace winnow
