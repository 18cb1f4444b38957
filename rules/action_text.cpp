#include "rules/action_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "config/text_checks.h"
#include "rules/checker.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

struct TextProblem {
  std::string text;  // to be said after the text's name
  Span where;
};

/// What is wrong with a text on the wire.
std::optional<TextProblem> why_not_printable(std::string_view text, TextLimits limits) {
  if (text.empty()) return TextProblem{"must be a text, got line ends only", {}};
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (lines == limits.lines) {
      return TextProblem{
          limits.lines == 1 ? "must be one line" : "may have " + std::to_string(lines) + " lines at most",
          {at, std::max<std::size_t>(1, line.size())}};
    }
    if (line.size() > limits.bytes) {
      return TextProblem{
          "may have " + std::to_string(limits.bytes) + " characters at most" + (limits.lines == 1 ? "" : " in a line"),
          {at, line.size()}};
    }
    const auto bad = std::find_if_not(line.begin(), line.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
    if (bad != line.end()) {
      const std::size_t offset = at + static_cast<std::size_t>(bad - line.begin());
      return TextProblem{"may hold printable ASCII characters only",
                         {offset, std::max<std::size_t>(1, utf8_length_at(text, offset))}};
    }
    at += line.size() + 1;
  }
  return std::nullopt;
}

}  // namespace

bool read_action_text(const YamlNode& value, std::string_view name, TextLimits limits, RuleAction& into,
                      Diagnostics& problems) {
  if (require_text(value, name, problems) == nullptr) return false;
  std::string text = value.scalar;
  while (text.ends_with('\n')) text.pop_back();  // of a block scalar
  const ReportProblem report = [&](Span span, std::string problem, std::string hint) {
    problems.error(location_in_scalar(value, span.offset, span.length), std::move(problem), std::move(hint));
  };
  if (const std::optional<TextProblem> problem = why_not_printable(text, limits)) {
    report(problem->where, std::string(name) + " " + problem->text, "");
    return false;
  }
  std::optional<TextTemplate> parsed = TextTemplate::parse(text, report);
  if (!parsed) return false;
  const bool all_read_it = into.action.kind == ActionKind::AddHeader || into.action.kind == ActionKind::TagSubject;
  if (all_read_it && parsed->asks_for(kRecipientFacts)) {
    problems.error(value.where, std::string(name) + " may not name the recipient",
                   "all recipients of the message would read it");
    return false;
  }
  // What needs no facts is written now.
  into.action.text = parsed->is_plain() ? parsed->render({Facts(), {}, {}}) : text;
  into.text = std::move(*parsed);
  return true;
}

}  // namespace winnow
