#include "rules/rule_test.h"

#include <algorithm>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

std::string shown_rule(const std::string& id) { return id.empty() ? "no rule" : "rule '" + id + "'"; }

/// "accept (rule 'own-users')", "junk (rule 'boss' wanted discard)"
std::string shown_verdict(const Decision& decision) {
  const std::string wanted = decision.wanted ? " wanted " + std::string(verdict_name(*decision.wanted)) : "";
  return std::string(verdict_name(decision.verdict)) + " (" + shown_rule(decision.rule) + wanted + ")";
}

std::string shown_list(const std::vector<std::string>& names) { return "[" + join(names, ", ") + "]"; }

std::string shown_bool(bool value) { return value ? "true" : "false"; }

std::vector<std::string> names_of(const std::vector<Action>& actions) {
  std::vector<std::string> names;
  for (const Action& action : actions) names.emplace_back(action_name(action.kind));
  return names;
}

/// The decision for that recipient; null when the message has no such one.
const Decision* decision_for(const std::string& address, const Facts& facts, const MessageDecision& decided) {
  for (const RecipientDecision& one : decided.recipients) {
    for (const std::size_t index : one.recipients) {
      if (index < facts.recipients.size() && equal_ignoring_case(facts.recipients[index], address))
        return &one.decision;
    }
  }
  return nullptr;
}

class DecisionComparison {
 public:
  std::vector<std::string> compare(const ExpectedDecision& expected, const MessageDecision& decided,
                                   const Facts& facts) {
    const Decision& message = decided.message;
    if (expected.verdict && *expected.verdict != message.verdict) {
      differ("verdict", std::string(verdict_name(*expected.verdict)), shown_verdict(message));
    }
    if (expected.rule && *expected.rule != message.rule) {
      differ("rule", shown_rule(*expected.rule), shown_rule(message.rule));
    }
    compare_lists("actions", expected.actions, names_of(message.actions));
    compare_lists("monitored", expected.monitored, message.monitored);
    if (expected.disagreement && *expected.disagreement != decided.disagreement) {
      differ("disagreement", shown_bool(*expected.disagreement), shown_bool(decided.disagreement));
    }
    for (const ExpectedRecipient& one : expected.recipients) {
      const Decision* decision = decision_for(one.address, facts, decided);
      if (decision != nullptr && one.verdict == decision->verdict) continue;
      differ("recipient " + one.address, std::string(verdict_name(one.verdict)),
             decision != nullptr ? shown_verdict(*decision) : "no such recipient");
    }
    return std::move(differences_);
  }

 private:
  void differ(const std::string& what, const std::string& expected, const std::string& got) {
    differences_.push_back(what + ": expected " + expected + ", got " + got);
  }

  void compare_lists(const std::string& what, const std::optional<std::vector<std::string>>& expected,
                     const std::vector<std::string>& got) {
    if (expected && *expected != got) differ(what, shown_list(*expected), shown_list(got));
  }

  std::vector<std::string> differences_;
};

std::vector<TriedRules> tried_rules(const RuleSet& rules, const Facts& facts, const MessageDecision& decided) {
  std::vector<TriedRules> all;
  for (const RecipientDecision& one : decided.recipients) {
    const std::size_t index = one.recipients.empty() ? 0 : one.recipients.front();
    TriedRules tried;
    if (index < facts.recipients.size()) tried.recipient = facts.recipients[index];
    tried.decided = rules.decide_for(facts, index, &tried.trials).rule;
    all.push_back(std::move(tried));
  }
  return all;
}

/// Without mail the message counts as judged: rules are not asked about any other.
Facts facts_without_mail() {
  Facts facts;
  facts.set(Fact::ScanOk, true);
  return facts;
}

}  // namespace

RuleTestResult run_rule_test(const RuleTest& test, const RuleSet& rules, const FactsOfMail& facts_of_mail) {
  RuleTestResult result;
  std::optional<Facts> facts = test.mail ? facts_of_mail(test, result.error) : facts_without_mail();
  if (!facts) {
    if (result.error.empty()) result.error = "the mail has no facts";
    return result;
  }
  lay_over(test.facts, *facts);
  const MessageDecision decided = rules.decide(*facts);
  result.differences = DecisionComparison().compare(test.expected, decided, *facts);
  if (!result.passed()) result.tried = tried_rules(rules, *facts, decided);
  return result;
}

}  // namespace winnow
