#include "rules/rule_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "rules/checker.h"
#include "rules/evaluator.h"
#include "rules/message_decision.h"
#include "rules/rule.h"

namespace winnow {
namespace {

bool asks_for(const Rule& rule, std::span<const Fact> facts) {
  return asks_for(rule.when, facts) || (rule.unless && asks_for(*rule.unless, facts)) ||
         std::any_of(rule.actions.begin(), rule.actions.end(),
                     [facts](const RuleAction& action) { return action.text.asks_for(facts); });
}

bool asks_for(const std::vector<Rule>& rules, std::span<const Fact> facts) {
  return std::any_of(rules.begin(), rules.end(), [facts](const Rule& rule) { return asks_for(rule, facts); });
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

/// Whether the common rules match that do not depend on the recipient: asked once for a message, not once for each of
/// ten thousand recipients.
class KnownMatches {
 public:
  explicit KnownMatches(std::size_t rules) : known_(rules) {}

  bool matches(const std::vector<Rule>& rules, std::size_t at, const EvaluationInput& input) {
    if (!rules[at].same_for_all) return winnow::matches(rules[at], input);
    if (!known_[at]) known_[at] = winnow::matches(rules[at], input);
    return *known_[at];
  }

 private:
  std::vector<std::optional<bool>> known_;
};

/// The rules for one recipient, tried one after the other.
class Evaluation {
 public:
  Evaluation(const EvaluationInput& input, std::vector<RuleTrial>* trials) : input_(input), trials_(trials) {}

  /// The same as try_rules, for the common rules.
  bool try_common(const std::vector<Rule>& rules, KnownMatches& known) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (try_rule(rules[i], known.matches(rules, i, input_))) return true;
    }
    return false;
  }

  /// True when one of them decided.
  bool try_rules(const std::vector<Rule>& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const Rule& rule) { return try_rule(rule, matches(rule, input_)); });
  }

  Decision take() { return std::move(decision_); }

 private:
  bool try_rule(const Rule& rule, bool matched) {
    if (trials_ != nullptr) trials_->push_back({rule.id, matched, matched && rule.monitored});
    return matched && apply(rule);
  }

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
      : program_(std::move(program)),
        common_(std::move(common)),
        info_(program_->info),
        asks_for_recipient_(asks_for(*program_, kRecipientFacts)) {
    info_.thresholds = common_.thresholds();
  }

  Decision decide_for(const Facts& facts, std::size_t recipient, std::vector<RuleTrial>* trials) const override {
    KnownMatches known(program_->rules.size());
    return decide_with(overrides_for(facts, recipient), {facts, recipient, trials}, known);
  }

  MessageDecision decide(const Facts& facts) const override {
    MessageDecision all;
    KnownMatches known(program_->rules.size());
    std::map<std::vector<std::size_t>, std::size_t> seen;  // overrides -> who gets the same by them, in all.recipients
    for (std::size_t i = 0; i < std::max<std::size_t>(1, facts.recipients.size()); ++i) {
      const std::vector<std::size_t> overrides = overrides_for(facts, i);
      const auto [same, is_new] = seen.try_emplace(overrides, all.recipients.size());
      if (!is_new && !asks_for_recipient_) {
        all.recipients[same->second].recipients.push_back(i);
        continue;
      }
      all.recipients.push_back({decide_with(overrides, {facts, i, nullptr}, known), {i}});
    }
    join_recipients(all, program_->on_disagreement);
    return all;
  }

  Policy policy_for(std::string_view recipient, std::string_view sender) const override {
    const std::vector<std::size_t> overrides = program_->overrides.applying_to(recipient, sender);
    Policy policy = policy_of(overrides);
    for (const std::size_t id : overrides) {
      for (const Rule& rule : program_->overrides[id].rules) policy.own_rules.push_back({rule.id, rule.where});
    }
    return policy;
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

  Policy policy_of(const std::vector<std::size_t>& overrides) const {
    Policy policy = program_->overrides.merged(common_, overrides);
    // Two overrides that know nothing of each other may cross; what is junk is not flagged any more.
    if (policy.flag.value > policy.junk.value) policy.flag = policy.junk;
    return policy;
  }

  struct Question {
    const Facts& facts;
    std::size_t recipient;
    std::vector<RuleTrial>* trials;
  };

  Decision decide_with(const std::vector<std::size_t>& overrides, const Question& question, KnownMatches& known) const {
    const Policy policy = policy_of(overrides);
    const EvaluationInput input{question.facts, recipient_at(question.facts, question.recipient), policy.thresholds()};
    Evaluation evaluation(input, question.trials);
    const bool is_decided = std::any_of(overrides.begin(), overrides.end(), [&](std::size_t id) {
      return evaluation.try_rules(program_->overrides[id].rules);
    });
    if (!is_decided) evaluation.try_common(program_->rules, known);
    Decision decision = evaluation.take();
    if (policy.ceiling) lower(decision, policy.ceiling->value);
    return decision;
  }

  const std::shared_ptr<const RuleProgram> program_;
  const Policy common_;
  RuleSetInfo info_;
  const bool asks_for_recipient_;  // else recipients differ by their overrides only
};

}  // namespace

bool asks_for(const RuleProgram& program, std::span<const Fact> facts) {
  bool asks = asks_for(program.rules, facts);
  for (std::size_t i = 0; i < program.overrides.size(); ++i) asks = asks || asks_for(program.overrides[i].rules, facts);
  return asks;
}

std::shared_ptr<const RuleSet> make_rule_set(std::shared_ptr<const RuleProgram> program) {
  Policy common = program->common;
  return std::make_shared<ProgramRuleSet>(std::move(program), std::move(common));
}

}  // namespace winnow
