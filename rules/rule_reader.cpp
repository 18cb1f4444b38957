#include "rules/rule_reader.h"

#include <algorithm>
#include <utility>

#include "config/text_checks.h"
#include "rules/action_reader.h"
#include "rules/checker.h"
#include "rules/doubtful_comparison.h"
#include "rules/parser.h"
#include "rules/rule_keys.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxIdBytes = 64;

/// Ids go into headers and log lines as they are.
bool is_rule_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

std::optional<Verdict> verdict_of(const std::vector<RuleAction>& actions) {
  const auto last =
      std::find_if(actions.begin(), actions.end(), [](const auto& one) { return is_final(one.action.kind); });
  if (last == actions.end()) return std::nullopt;
  return verdict_of(last->action.kind);
}

}  // namespace

RuleMode read_mode(const YamlNode& node, Diagnostics& problems) {
  const auto choice = require_one_of(node, "mode", mode_words(), problems);
  return choice == std::optional<std::size_t>(1) ? RuleMode::Monitor : RuleMode::Enforce;
}

Rule RuleReader::read(const YamlNode& node, RuleMode mode) {
  Rule rule;
  if (!require_mapping(node, "a rule", problems_)) return rule;
  refuse_unknown_keys(node, key_names(rule_form()), "in a rule", problems_);
  read_id(node, rule);
  read_conditions(node, rule);
  rule.same_for_all = !depends_on_recipient(rule.when) && !(rule.unless && depends_on_recipient(*rule.unless));
  read_then(node, rule);
  if (const YamlNode* own = node.find("mode")) mode = read_mode(*own, problems_);
  rule.monitored = mode == RuleMode::Monitor;
  return rule;
}

void RuleReader::read_id(const YamlNode& node, Rule& rule) {
  const YamlNode* id = node.find("id");
  if (id == nullptr) {
    problems_.error(node.where, "a rule needs an id", "it names the rule in headers, logs and statistics");
    return;
  }
  if (require_text(*id, "id", problems_) == nullptr) return;
  rule.id = id->scalar;
  rule.where = place_of(id->where);
  if (!is_rule_id(rule.id)) {
    problems_.error(id->where, quoted_for_message(rule.id) + " is not an id",
                    "up to 64 letters, digits, '_', '-' and '.'");
    return;
  }
  const auto [first, is_new] = ids_.try_emplace(rule.id, id->where);
  if (!is_new) {
    problems_.error(id->where, "the rule id '" + rule.id + "' is used twice", "first in " + place_of(first->second));
  }
}

void RuleReader::read_conditions(const YamlNode& node, Rule& rule) {
  if (const YamlNode* when = node.find("when")) {
    if (std::optional<Expression> condition = read_condition(*when, "when")) rule.when = std::move(*condition);
  } else {
    problems_.error(node.where, "a rule needs a when", "write 'when: true' for always");
  }
  if (const YamlNode* unless = node.find("unless")) rule.unless = read_condition(*unless, "unless");
}

std::optional<Expression> RuleReader::read_condition(const YamlNode& node, std::string_view name) {
  if (require_text(node, name, problems_) == nullptr) return std::nullopt;
  const ReportProblem report = [&](Span span, std::string text, std::string hint) {
    problems_.error(location_in_scalar(node, span.offset, span.length), std::move(text), std::move(hint));
  };
  const std::optional<SyntaxNode> tree = parse_expression(node.scalar, report);
  if (!tree) return std::nullopt;
  const NameScope scope{lists_, features_, problems_};
  std::optional<Expression> condition = check_condition(*tree, scope, report);
  if (condition) {
    doubt_comparisons(*tree, [&](Span span, std::string text, std::string hint) {
      problems_.warning(location_in_scalar(node, span.offset, span.length), std::move(text), std::move(hint));
    });
  }
  return condition;
}

void RuleReader::read_then(const YamlNode& node, Rule& rule) {
  const YamlNode* then = node.find("then");
  const YamlNode* goes_on = node.find("continue");
  const bool continues = goes_on != nullptr && require_one_of(*goes_on, "continue", yes_no_words(), problems_) ==
                                                   std::optional<std::size_t>(0);
  if (then == nullptr) {
    problems_.error(node.where, "a rule needs a then", "write 'then: [accept]'");
    return;
  }
  std::optional<std::vector<RuleAction>> actions = read_actions(*then, rule.id, problems_);
  if (!actions) return;
  rule.actions = std::move(*actions);
  rule.verdict = verdict_of(rule.actions);
  if (continues && rule.verdict) {
    problems_.error(goes_on->where, "a rule with a final action cannot continue",
                    "only add_header, remove_header, tag_subject and bcc go with it");
  } else if (!continues && !rule.verdict) {
    problems_.error(then->where, "the rule decides nothing", "add a final action such as accept, or 'continue: true'");
  }
}

}  // namespace winnow
