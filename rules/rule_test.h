// rule_test.h - runs one test of the site's rules: decides by its facts and compares with what it expects.
//
// Owns:    plain values.
// Threads: as the callback.
// Blocks:  as the callback, which reads mail.
// Fails:   a mail without facts is an error of the result; nothing throws.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rules/facts.h"
#include "rules/rule_set.h"
#include "rules/rule_test_file.h"

namespace winnow {

/// The facts of test.mail, with the model's probability if test.needs_model(). nullopt: `error` says why.
using FactsOfMail = std::function<std::optional<Facts>(const RuleTest& test, std::string& error)>;

/// How a decision came about.
struct TriedRules {
  std::string recipient;          // "" when there are none
  std::vector<RuleTrial> trials;  // in order
  std::string decided;            // the rule that decided; "" when none did
};

struct RuleTestResult {
  std::vector<std::string> differences;  // "verdict: expected junk, got accept (rule 'own-users')"
  std::vector<TriedRules> tried;         // of a failed test: one for each group of recipients that get the same
  std::string error;                     // why it could not be run

  bool passed() const { return differences.empty() && error.empty(); }
};

/// `facts_of_mail` is called for a test with mail only.
RuleTestResult run_rule_test(const RuleTest& test, const RuleSet& rules, const FactsOfMail& facts_of_mail);

}  // namespace winnow
