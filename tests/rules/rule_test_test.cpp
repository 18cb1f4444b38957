#include "rules/rule_test.h"

#include <gtest/gtest.h>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

const char* const kRules =
    "thresholds: {junk: 90%, flag: 50%}\n"
    "overrides:\n"
    "  - {for: [\"@lenient.example\"], ceiling: flag}\n"
    "rules:\n"
    "  - {id: watch, when: spam > 1%, then: [reject], mode: monitor}\n"
    "  - {id: broken, when: not scan.ok, then: [tempfail]}\n"
    "  - {id: partners, when: mail_from.domain == \"partner.example\", then: [accept]}\n"
    "  - {id: tag, when: spam >= junk, then: [tag_subject: \"[spam] \"], continue: true}\n"
    "  - {id: junk, when: spam >= junk, then: [junk]}\n";

std::optional<Facts> no_mail(const RuleTest&, std::string& error) {
  error = "asked for mail";
  return std::nullopt;
}

/// The test of `facts` and `expect`, run by kRules.
RuleTestResult run(const std::string& facts, const std::string& expect, const FactsOfMail& facts_of_mail = no_mail,
                   const std::string& mail = "") {
  Diagnostics problems;
  const auto rules = load_rule_texts({{"rules.yaml", kRules}}, problems);
  const auto file = read_rule_test_text("tests.yaml",
                                        "tests:\n  - name: one\n" + (mail.empty() ? "" : "    mail: " + mail + "\n") +
                                            "    facts: {" + facts + "}\n    expect: {" + expect + "}\n",
                                        problems);
  EXPECT_EQ(problems.to_string(), "");
  if (!rules || !file) return {{}, {}, "cannot be read"};
  return run_rule_test(file->tests.at(0), *rules, facts_of_mail);
}

using Texts = std::vector<std::string>;

TEST(RuleTestRun, PassesWhenAllThatIsExpectedCame) {
  const RuleTestResult result = run(
      "spam: 95%", "verdict: junk, rule: junk, actions: [tag_subject, junk], monitored: [watch], disagreement: false");
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(result.differences, Texts{});
  EXPECT_TRUE(result.tried.empty());
}

TEST(RuleTestRun, ListsEveryDifference) {
  const RuleTestResult result = run("spam: 95%, mail_from: a@partner.example",
                                    "verdict: junk, rule: \"\", actions: [junk], monitored: [], disagreement: true");
  EXPECT_EQ(result.differences,
            (Texts{"verdict: expected junk, got accept (rule 'partners')",
                   "rule: expected no rule, got rule 'partners'", "actions: expected [junk], got [accept]",
                   "monitored: expected [], got [watch]", "disagreement: expected true, got false"}));
}

TEST(RuleTestRun, TellsWhichRulesWereTriedInAFailedTest) {
  const RuleTestResult result = run("mail_from: a@partner.example", "verdict: junk");
  ASSERT_EQ(result.tried.size(), 1u);
  EXPECT_EQ(result.tried[0].recipient, "");
  EXPECT_EQ(result.tried[0].decided, "partners");
  ASSERT_EQ(result.tried[0].trials.size(), 3u);
  EXPECT_EQ(result.tried[0].trials[2].rule, "partners");
  EXPECT_TRUE(result.tried[0].trials[2].matched);
}

TEST(RuleTestRun, ComparesEachRecipient) {
  const std::string facts = "spam: 95%, recipients: [a@strict.example, b@lenient.example]";
  EXPECT_TRUE(run(facts, "recipients: {a@strict.example: junk, B@lenient.example: flag}, disagreement: true").passed());
  const RuleTestResult failed = run(facts, "recipients: {a@strict.example: junk, b@lenient.example: junk}");
  EXPECT_EQ(failed.differences,
            Texts{"recipient b@lenient.example: expected junk, got flag (rule 'junk' wanted junk)"});
  EXPECT_EQ(failed.tried.size(), 2u);
}

TEST(RuleTestRun, SaysThatNoRuleDecided) {
  EXPECT_EQ(run("spam: 20%", "verdict: junk").differences, Texts{"verdict: expected junk, got accept (no rule)"});
  EXPECT_TRUE(run("spam: 20%", "rule: \"\"").passed());
}

TEST(RuleTestRun, TakesFactsForAJudgedMessageUnlessTheySayOtherwise) {
  EXPECT_TRUE(run("subject: x", "verdict: accept").passed());
  EXPECT_TRUE(run("scan.ok: false", "verdict: tempfail").passed());
}

TEST(RuleTestRun, LaysTheGivenFactsOverThoseOfTheMail) {
  const FactsOfMail mail = [](const RuleTest& test, std::string&) -> std::optional<Facts> {
    EXPECT_EQ(test.mail, "a.eml");
    Facts facts;
    facts.set(Fact::ScanOk, true);
    facts.set(Fact::Spam, 0.1);
    facts.set(Fact::MailFromDomain, std::string("partner.example"));
    return facts;
  };
  EXPECT_TRUE(run("spam: 99%", "rule: partners", mail, "a.eml").passed());
  EXPECT_TRUE(run("mail_from: a@else.example, spam: 99%", "rule: junk", mail, "a.eml").passed());
}

TEST(RuleTestRun, FailsWithTheReasonWhenTheMailHasNoFacts) {
  const RuleTestResult result = run("spam: 1%", "verdict: accept", no_mail, "a.eml");
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(result.error, "asked for mail");
}

}  // namespace
}  // namespace winnow
