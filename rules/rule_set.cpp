#include "rules/rule_set.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "rules/checker.h"
#include "rules/evaluator.h"
#include "rules/rule.h"

namespace winnow {
namespace {

bool rule_asks_for_recipient(const Rule& rule) {
  return asks_for_recipient(rule.when) || (rule.unless && asks_for_recipient(*rule.unless));
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

/// The names of `from` that are not there yet.
void add_new(std::vector<std::string>& names, const std::vector<std::string>& from) {
  for (const std::string& name : from) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

class ProgramRuleSet final : public RuleSet {
 public:
  explicit ProgramRuleSet(RuleProgram program)
      : program_(std::move(program)),
        asks_for_recipient_(std::any_of(program_.rules.begin(), program_.rules.end(), rule_asks_for_recipient)) {}

  Decision decide_for(const Facts& facts, std::size_t recipient, std::vector<RuleTrial>* trials) const override {
    const EvaluationInput input{facts, recipient_at(facts, recipient)};
    Decision decision;
    for (const Rule& rule : program_.rules) {
      const bool matched = matches(rule, input);
      if (trials != nullptr) trials->push_back({rule.id, matched, matched && rule.monitored});
      if (!matched) continue;
      if (rule.monitored) {
        decision.monitored.push_back(rule.id);
        continue;
      }
      decision.actions.insert(decision.actions.end(), rule.actions.begin(), rule.actions.end());
      if (!rule.verdict) continue;
      decision.verdict = *rule.verdict;
      decision.rule = rule.id;
      break;
    }
    return decision;
  }

  Decision decide(const Facts& facts) const override {
    Decision chosen = decide_for(facts, 0, nullptr);
    // Without a question about the recipient all of them get the same answer.
    const std::size_t recipients = asks_for_recipient_ ? facts.recipients.size() : 1;
    for (std::size_t i = 1; i < recipients; ++i) join(chosen, decide_for(facts, i, nullptr));
    return chosen;
  }

  const RuleSetInfo& info() const override { return program_.info; }

 private:
  void join(Decision& chosen, Decision next) const {
    const bool differs = next.verdict != chosen.verdict;
    const bool is_milder = next.verdict < chosen.verdict;
    const bool is_wanted = differs && is_milder == (program_.on_disagreement == OnDisagreement::Mildest);
    const bool disagreement = chosen.disagreement || differs;
    if (is_wanted) std::swap(chosen, next);
    add_new(chosen.monitored, next.monitored);
    chosen.disagreement = disagreement;
  }

  const RuleProgram program_;
  const bool asks_for_recipient_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Accept:
      return "accept";
    case Verdict::Flag:
      return "flag";
    case Verdict::Junk:
      return "junk";
    case Verdict::Quarantine:
      return "quarantine";
    case Verdict::TempFail:
      return "tempfail";
    case Verdict::Reject:
      return "reject";
    case Verdict::Discard:
      return "discard";
  }
  return "?";
}

std::string_view action_name(ActionKind kind) {
  switch (kind) {
    case ActionKind::Accept:
      return "accept";
    case ActionKind::Flag:
      return "flag";
    case ActionKind::Junk:
      return "junk";
    case ActionKind::Quarantine:
      return "quarantine";
    case ActionKind::TempFail:
      return "tempfail";
    case ActionKind::Reject:
      return "reject";
    case ActionKind::Discard:
      return "discard";
    case ActionKind::AddHeader:
      return "add_header";
    case ActionKind::TagSubject:
      return "tag_subject";
  }
  return "?";
}

std::shared_ptr<const RuleSet> make_rule_set(RuleProgram program) {
  return std::make_shared<ProgramRuleSet>(std::move(program));
}

}  // namespace winnow
