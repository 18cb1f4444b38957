// rule.h - rules as they are kept after loading.
//
// Owns:    plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/decision.h"
#include "rules/expression.h"
#include "rules/rule_set.h"

namespace winnow {

struct Rule {
  std::string id;
  Expression when;
  std::optional<Expression> unless;
  std::vector<Action> actions;
  std::optional<Verdict> verdict;  // of its final action; none for a `continue` rule
  bool monitored = false;          // mode: monitor, its own or its file's
};

struct RuleProgram {
  std::vector<Rule> rules;
  OnDisagreement on_disagreement = OnDisagreement::Mildest;
  RuleSetInfo info;
};

/// A rule set that runs the program.
std::shared_ptr<const RuleSet> make_rule_set(RuleProgram program);

}  // namespace winnow
