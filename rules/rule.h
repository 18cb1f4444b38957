// rule.h - rules as they are kept after loading.
//
// Owns:    plain values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/decision.h"
#include "rules/expression.h"
#include "rules/overrides.h"
#include "rules/rule_set.h"
#include "rules/text_template.h"

namespace winnow {

struct RuleAction {
  Action action;
  TextTemplate text;  // action.text as it was written
};

struct Rule {
  std::string id;
  std::string where;  // "rules.yaml:14"
  Expression when;
  std::optional<Expression> unless;
  std::vector<RuleAction> actions;
  std::optional<Verdict> verdict;  // of its final action; none for a `continue` rule
  bool monitored = false;          // mode: monitor, its own or its file's
  bool same_for_all = false;       // whether it matches does not depend on the recipient
};

struct RuleProgram {
  std::vector<Rule> rules;
  Overrides overrides;
  Policy common;  // what holds without overrides
  OnDisagreement on_disagreement = OnDisagreement::Mildest;
  RuleSetInfo info;
};

/// Whether a rule of it looks at one of these, or shows it in a text.
bool asks_for(const RuleProgram& program, std::span<const Fact> facts);

/// A rule set that runs the program.
std::shared_ptr<const RuleSet> make_rule_set(std::shared_ptr<const RuleProgram> program);

}  // namespace winnow
