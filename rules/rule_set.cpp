#include "rules/rule_set.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "rules/checker.h"
#include "rules/evaluator.h"
#include "rules/message_decision.h"
#include "rules/rule.h"

namespace winnow {
namespace {

bool asks_for_recipient_in(const Rule& rule) {
  return asks_for_recipient(rule.when) || (rule.unless && asks_for_recipient(*rule.unless)) ||
         std::any_of(rule.actions.begin(), rule.actions.end(),
                     [](const RuleAction& action) { return action.text.asks_for_recipient(); });
}

bool asks_for_recipient_in(const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return asks_for_recipient_in(rule); });
}

/// Without an override recipients differ only where a rule asks for them.
bool asks_for_recipient_in(const RuleProgram& program) {
  bool asks = asks_for_recipient_in(program.rules);
  for (std::size_t i = 0; i < program.overrides.size(); ++i) {
    asks = asks || asks_for_recipient_in(program.overrides[i].rules);
  }
  return asks;
}

bool matches(const Rule& rule, const EvaluationInput& input) {
  return holds(rule.when, input) && !(rule.unless && holds(*rule.unless, input));
}

/// Without envelope recipients the fact itself speaks, as a test of rules may set it.
std::string_view recipient_at(const Facts& facts, std::size_t index) {
  if (index < facts.recipients.size()) return facts.recipients[index];
  const auto* text = std::get_if<std::string>(&facts.get(Fact::Recipient));
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::string_view sender_of(const Facts& facts) {
  const auto* text = std::get_if<std::string>(&facts.get(Fact::MailFrom));
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

/// The rules for one recipient, tried one after the other.
class Evaluation {
 public:
  Evaluation(const EvaluationInput& input, std::vector<RuleTrial>* trials) : input_(input), trials_(trials) {}

  /// True when one of them decided.
  bool try_rules(const std::vector<Rule>& rules) {
    for (const Rule& rule : rules) {
      const bool matched = matches(rule, input_);
      if (trials_ != nullptr) trials_->push_back({rule.id, matched, matched && rule.monitored});
      if (matched && apply(rule)) return true;
    }
    return false;
  }

  Decision take() { return std::move(decision_); }

 private:
  bool apply(const Rule& rule) {
    if (rule.monitored) {
      decision_.monitored.push_back(rule.id);
      return false;
    }
    for (const RuleAction& one : rule.actions) {
      decision_.actions.push_back(one.action);
      if (!one.text.is_plain()) decision_.actions.back().text = one.text.render(input_);
    }
    if (!rule.verdict) return false;
    decision_.verdict = *rule.verdict;
    decision_.rule = rule.id;
    return true;
  }

  const EvaluationInput& input_;
  std::vector<RuleTrial>* trials_;
  Decision decision_;
};

/// Makes the verdict as mild as the ceiling; what goes with any verdict stays.
void lower(Decision& decision, Verdict ceiling) {
  if (decision.verdict <= ceiling) return;
  decision.wanted = decision.verdict;
  decision.verdict = ceiling;
  std::erase_if(decision.actions, [](const Action& action) { return is_final(action.kind); });
  decision.actions.push_back(standard_action(static_cast<ActionKind>(ceiling)));
}

class ProgramRuleSet final : public RuleSet {
 public:
  ProgramRuleSet(std::shared_ptr<const RuleProgram> program, Policy common)
      : program_(std::move(program)), common_(std::move(common)), info_(program_->info),
        asks_for_recipient_(asks_for_recipient_in(*program_)) {
    info_.thresholds = common_.thresholds();
  }

  Decision decide_for(const Facts& facts, std::size_t recipient, std::vector<RuleTrial>* trials) const override {
    return decide_with(overrides_for(facts, recipient), facts, recipient, trials);
  }

  MessageDecision decide(const Facts& facts) const override {
    MessageDecision all;
    const bool are_alike = !asks_for_recipient_ && program_->overrides.empty();
    std::vector<std::vector<std::size_t>> seen;  // the overrides of each entry of all.recipients
    for (std::size_t i = 0; i < std::max<std::size_t>(1, facts.recipients.size()); ++i) {
      std::vector<std::size_t> overrides = overrides_for(facts, i);
      const auto same = std::find(seen.begin(), seen.end(), overrides);
      const bool is_known = are_alike ? !seen.empty() : !asks_for_recipient_ && same != seen.end();
      if (is_known) {
        all.recipients[static_cast<std::size_t>(same - seen.begin())].recipients.push_back(i);
        continue;
      }
      all.recipients.push_back({decide_with(overrides, facts, i, nullptr), {i}});
      seen.push_back(std::move(overrides));
    }
    join_recipients(all, program_->on_disagreement);
    return all;
  }

  Policy policy_for(std::string_view recipient, std::string_view sender) const override {
    return program_->overrides.merged(common_, program_->overrides.applying_to(recipient, sender));
  }

  std::shared_ptr<const RuleSet> with_thresholds(const Thresholds& thresholds) const override {
    Policy common = common_;
    common.junk = {thresholds.junk, ""};
    common.flag = {thresholds.flag, ""};
    return std::make_shared<ProgramRuleSet>(program_, std::move(common));
  }

  const RuleSetInfo& info() const override { return info_; }

 private:
  std::vector<std::size_t> overrides_for(const Facts& facts, std::size_t recipient) const {
    return program_->overrides.applying_to(recipient_at(facts, recipient), sender_of(facts));
  }

  Decision decide_with(const std::vector<std::size_t>& overrides, const Facts& facts, std::size_t recipient,
                       std::vector<RuleTrial>* trials) const {
    const Policy policy = overrides.empty() ? common_ : program_->overrides.merged(common_, overrides);
    const EvaluationInput input{facts, recipient_at(facts, recipient), policy.thresholds()};
    Evaluation evaluation(input, trials);
    const bool is_decided = std::any_of(overrides.begin(), overrides.end(), [&](std::size_t id) {
      return evaluation.try_rules(program_->overrides[id].rules);
    });
    if (!is_decided) evaluation.try_rules(program_->rules);
    Decision decision = evaluation.take();
    if (policy.ceiling) lower(decision, policy.ceiling->value);
    return decision;
  }

  const std::shared_ptr<const RuleProgram> program_;
  const Policy common_;
  RuleSetInfo info_;
  const bool asks_for_recipient_;
};

}  // namespace

std::shared_ptr<const RuleSet> make_rule_set(std::shared_ptr<const RuleProgram> program) {
  Policy common = program->common;
  return std::make_shared<ProgramRuleSet>(std::move(program), std::move(common));
}

}  // namespace winnow
