#include "rules/rule_set.h"

#include <gtest/gtest.h>

#include <fstream>

#include "rules/rule_loader.h"
#include "tests/rules/facts_with_spam.h"

namespace winnow {
namespace {

std::shared_ptr<const RuleSet> load(std::vector<RuleText> texts) {
  Diagnostics problems;
  auto rules = load_rule_texts(std::move(texts), problems);
  EXPECT_EQ(problems.to_string(), "");
  return rules;
}

std::shared_ptr<const RuleSet> load(const std::string& text) { return load({{"a.yaml", text}}); }

std::string problems_of(std::vector<RuleText> texts) {
  Diagnostics problems;
  EXPECT_EQ(load_rule_texts(std::move(texts), problems), nullptr);
  return problems.to_string();
}

TEST(RuleSet, LetsTheFirstMatchingRuleDecide) {
  const auto rules = load(
      "rules:\n  - {id: low, when: spam > 99%, then: [discard]}\n  - {id: first, when: spam > 10%, then: [flag]}\n"
      "  - {id: second, when: spam > 10%, then: [reject]}\n");
  std::vector<RuleTrial> trials;
  const Decision decision = rules->decide_for(facts_with_spam(0.5), 0, &trials);
  EXPECT_EQ(decision.verdict, Verdict::Flag);
  EXPECT_EQ(decision.rule, "first");
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_FALSE(trials[0].matched);
  EXPECT_TRUE(trials[1].matched);
}

TEST(RuleSet, AcceptsWhatNoRuleMatches) {
  const Decision decision = load("rules:\n  - {id: a, when: tls, then: [junk]}\n")->decide(facts_with_spam(1)).message;
  EXPECT_EQ(decision.verdict, Verdict::Accept);
  EXPECT_EQ(decision.rule, "");
  EXPECT_TRUE(decision.actions.empty());
}

TEST(RuleSet, HoldsARuleBackWhenItsUnlessHolds) {
  const auto rules = load("rules:\n  - {id: a, when: spam > 10%, unless: spam > 50%, then: [flag]}\n");
  EXPECT_EQ(rules->decide(facts_with_spam(0.3)).message.verdict, Verdict::Flag);
  EXPECT_EQ(rules->decide(facts_with_spam(0.7)).message.verdict, Verdict::Accept);
}

TEST(RuleSet, KeepsTheActionsOfContinuingRulesInOrder) {
  const auto rules = load(
      "rules:\n  - {id: tag, when: true, then: [tag_subject: '[x] '], continue: true}\n"
      "  - {id: head, when: true, then: [add_header: {name: X-Site, value: seen}], continue: true}\n"
      "  - {id: end, when: true, then: [junk]}\n");
  const Decision decision = rules->decide(facts_with_spam(0)).message;
  ASSERT_EQ(decision.actions.size(), 3u);
  EXPECT_EQ(decision.actions[0], (Action{.kind = ActionKind::TagSubject, .text = "[x] "}));
  EXPECT_EQ(decision.actions[1], (Action{.kind = ActionKind::AddHeader, .name = "X-Site", .text = "seen"}));
  EXPECT_EQ(decision.actions[2].kind, ActionKind::Junk);
  EXPECT_EQ(decision.rule, "end");
}

TEST(RuleSet, OnlyRecordsARuleInMonitorMode) {
  const auto rules = load(
      "rules:\n  - {id: watch, when: true, then: [reject], mode: monitor}\n"
      "  - {id: watch-tag, when: true, then: [tag_subject: x], continue: true, mode: monitor}\n"
      "  - {id: end, when: true, then: [flag]}\n");
  std::vector<RuleTrial> trials;
  const Decision decision = rules->decide_for(facts_with_spam(0), 0, &trials);
  EXPECT_EQ(decision.verdict, Verdict::Flag);
  EXPECT_EQ(decision.actions.size(), 1u);
  EXPECT_EQ(decision.monitored, (std::vector<std::string>{"watch", "watch-tag"}));
  EXPECT_TRUE(trials[0].matched && trials[0].monitored);
  EXPECT_FALSE(trials[2].monitored);
}

TEST(RuleSet, AppliesAFilesModeToItsOwnRulesUnlessARuleSaysOtherwise) {
  const auto rules = load({{"a.yaml",
                            "mode: monitor\nrules:\n  - {id: a, when: true, then: [reject]}\n"
                            "  - {id: b, when: spam > 90%, then: [junk], mode: enforce}\n"},
                           {"b.yaml", "rules:\n  - {id: c, when: true, then: [flag]}\n"}});
  EXPECT_EQ(rules->decide(facts_with_spam(0.95)).message.rule, "b");
  const Decision decision = rules->decide(facts_with_spam(0.1)).message;
  EXPECT_EQ(decision.rule, "c");
  EXPECT_EQ(decision.monitored, std::vector<std::string>{"a"});
}

TEST(RuleSet, FillsInWhatAnActionLeavesOut) {
  const auto rules = load(
      "rules:\n  - {id: r, when: spam > 80%, then: [reject]}\n  - {id: t, when: spam > 60%, then: [tempfail]}\n"
      "  - {id: q, when: spam > 40%, then: [quarantine]}\n"
      "  - {id: own, when: true, then: [{reject: {code: 554, enhanced: 5.7.0, text: 'no, 100%'}}]}\n");
  EXPECT_EQ(
      rules->decide(facts_with_spam(0.9)).message.actions[0],
      (Action{.kind = ActionKind::Reject, .text = "message refused", .reply_code = 550, .enhanced_code = "5.7.1"}));
  EXPECT_EQ(
      rules->decide(facts_with_spam(0.7)).message.actions[0],
      (Action{.kind = ActionKind::TempFail, .text = "try again later", .reply_code = 451, .enhanced_code = "4.7.1"}));
  EXPECT_EQ(rules->decide(facts_with_spam(0.5)).message.actions[0],
            (Action{.kind = ActionKind::Quarantine, .text = "rule q"}));
  EXPECT_EQ(rules->decide(facts_with_spam(0.1)).message.actions[0],
            (Action{.kind = ActionKind::Reject, .text = "no, 100%", .reply_code = 554, .enhanced_code = "5.7.0"}));
}

// Texts

TEST(ActionTexts, AreWrittenWithTheFactsOfTheRecipient) {
  const auto rules = load("rules:\n  - {id: r, when: true, then: [{reject: {text: 'no {spam} for {recipient}'}}]}\n");
  Facts facts = facts_with_spam(0.973);
  facts.recipients = {"a@example.org", "b@example.org"};
  EXPECT_EQ(rules->decide_for(facts, 1, nullptr).actions[0].text, "no 97.3% for b@example.org");
  EXPECT_EQ(rules->decide(facts).recipients.size(), 2u);
}

TEST(ActionTexts, OfRepliesMayHaveLines) {
  const auto rules = load(
      "rules:\n  - id: r\n    when: true\n    then:\n      - reject:\n          text: |\n            one\n            "
      "{spam}\n");
  EXPECT_EQ(rules->decide(facts_with_spam(0.5)).message.actions[0].text, "one\n50.0%");
}

TEST(Actions, NameTheRecipientsTheyAreFor) {
  const auto rules = load(
      "rules:\n  - {id: copy, when: true, then: [bcc: copy@example.org, remove_header: X-Old], continue: true}\n"
      "  - {id: ext, when: spam > 90%, then: [junk: {extension: Junk}]}\n"
      "  - {id: away, when: true, then: [redirect: held@example.org]}\n");
  const std::vector<Action> actions = rules->decide(facts_with_spam(0.95)).message.actions;
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(actions[0], (Action{.kind = ActionKind::Bcc, .address = "copy@example.org"}));
  EXPECT_EQ(actions[1], (Action{.kind = ActionKind::RemoveHeader, .name = "X-Old"}));
  EXPECT_EQ(actions[2], (Action{.kind = ActionKind::Junk, .extension = "Junk"}));
  const Decision away = rules->decide(facts_with_spam(0.5)).message;
  EXPECT_EQ(away.verdict, Verdict::Redirect);
  EXPECT_EQ(away.actions.back(), (Action{.kind = ActionKind::Redirect, .address = "held@example.org"}));
}

TEST(Rules, TakeOtherThresholdsThanTheFilesSay) {
  const auto rules = load(
      "thresholds: {junk: 90%}\noverrides: [{for: ['@shop.example'], thresholds: {junk: 97%}}]\n"
      "rules:\n  - {id: junk, when: spam >= junk, then: [junk]}\n");
  const auto stricter = rules->with_thresholds({0.6, 0.5});
  Facts facts = facts_with_spam(0.7);
  EXPECT_EQ(rules->decide(facts).message.verdict, Verdict::Accept);
  EXPECT_EQ(stricter->decide(facts).message.verdict, Verdict::Junk);
  EXPECT_EQ(stricter->info().thresholds.junk, 0.6);
  facts.recipients = {"a@shop.example"};
  EXPECT_EQ(stricter->decide(facts).message.verdict, Verdict::Accept);
}

/// 0.9 is 90%, so 0.9% is easily written for it; it put all mail into Junk without a word.
TEST(Rules, DoubtThresholdsThatNearlyAllMailReaches) {
  Diagnostics problems;
  const std::string text =
      "thresholds: {junk: 0.9%, flag: 0%}\noverrides: [{for: [a@b.example], thresholds: {junk: 1%}}]\n";
  EXPECT_TRUE(load_rule_texts({{"a.yaml", text}}, problems));
  const std::string told = problems.to_string(), doubt = "nearly all mail reaches ";
  EXPECT_NE(told.find("a.yaml:1:20: warning: " + doubt + "0.9% (did you mean 90%?)"), std::string::npos) << told;
  EXPECT_EQ(told.find(doubt), told.rfind(doubt)) << told;
}

// Files

TEST(RuleFiles, ShareListsInAnyOrder) {
  const auto rules = load({{"a.yaml", "rules:\n  - {id: a, when: from.domain in partners, then: [accept]}\n"},
                           {"b.yaml", "lists: {partners: [example.org]}\nthresholds: {junk: 80%}\n"}});
  EXPECT_EQ(rules->info().thresholds.junk, 0.8);
  EXPECT_EQ(rules->info().thresholds.flag, 0.5);
  EXPECT_EQ(rules->info().rules, 1u);
  EXPECT_EQ(rules->info().files.size(), 2u);
}

TEST(RuleFiles, WarnOfNetworksInListsThatAreWiderThanTheyAreWritten) {
  Diagnostics problems;
  EXPECT_TRUE(load_rule_texts({{"a.yaml",
                                "lists: {ours: [192.0.2.7/24]}\nrules:\n"
                                "  - {id: a, when: client.ip in ours, then: [accept]}\n"}},
                              problems));
  EXPECT_NE(
      problems.to_string().find("a.yaml:1:16: warning: '192.0.2.7/24' has bits set after its prefix (it is taken for "
                                "192.0.2.0/24)"),
      std::string::npos)
      << problems.to_string();
}

/// Such a rule was loaded without a word, and never matched.
TEST(RuleSet, IsLoadedWithAWarningOfAComparisonThatNeverHolds) {
  Diagnostics problems;
  const std::string rule = "rules: [{id: a, when: tls, unless: 'spf == \"passed\"', then: [accept]}]\n";
  EXPECT_TRUE(load_rule_texts({{"a.yaml", rule}}, problems));
  EXPECT_NE(problems.to_string().find("a.yaml:1:44: warning: spf is never 'passed' (did you mean 'pass'?)"),
            std::string::npos)
      << problems.to_string();
}

TEST(RuleFiles, NameBothPlacesOfWhatMayStandOnce) {
  const std::string text =
      problems_of({{"a.yaml", "thresholds: {junk: 80%}\nlists: {x: [a]}\non_disagreement: mildest\n"},
                   {"b.yaml", "on_disagreement: mildest\nlists: {x: [b]}\nthresholds: {junk: 70%}\n"}});
  EXPECT_NE(text.find("b.yaml:3:1: error: thresholds may stand in one file only (it stands in a.yaml:1 too)"),
            std::string::npos);
  EXPECT_NE(text.find("b.yaml:2:9: error: the list 'x' is defined twice (first in a.yaml:2)"), std::string::npos);
  EXPECT_NE(text.find("b.yaml:1:1: error: on_disagreement may stand in one file only (it stands in a.yaml:3 too)"),
            std::string::npos);
}

TEST(RuleFiles, ReportTheProblemsOfAllFilesAtOnce) {
  const std::string text = problems_of({{"a.yaml", "rules: 1\n"}, {"b.yaml", "rule: 2\n"}, {"c.yaml", "a: [\n"}});
  for (const char* file : {"a.yaml:1:8: error", "b.yaml:1:1: error", "c.yaml:"})
    EXPECT_NE(text.find(file), std::string::npos) << text;
}

// The shipped file

class ShippedRules : public testing::Test {
 protected:
  static std::string rule_for(double spam, bool authenticated, bool gtube) {
    Diagnostics problems;
    const auto rules = load_rules({std::filesystem::path(WINNOW_SOURCE_DIR) / "config" / "rules.yaml"}, problems);
    EXPECT_EQ(problems.to_string(), "");
    Facts facts = facts_with_spam(spam);
    facts.set(Fact::Authenticated, authenticated);
    facts.set(Fact::Gtube, gtube);
    const Decision decision = rules->decide(facts).message;
    return decision.rule + " " + std::string(verdict_name(decision.verdict));
  }
};

TEST_F(ShippedRules, JunkAtNinetyPercentAndFlagAtFifty) {
  EXPECT_EQ(rule_for(0.9, false, false), "junk junk");
  EXPECT_EQ(rule_for(0.8999, false, false), "flag flag");
  EXPECT_EQ(rule_for(0.5, false, false), "flag flag");
  EXPECT_EQ(rule_for(0.4999, false, false), " accept");
}

TEST_F(ShippedRules, JunkTheTestStringButNeverTouchAuthenticatedMail) {
  EXPECT_EQ(rule_for(0.0, false, true), "gtube junk");
  EXPECT_EQ(rule_for(1.0, true, true), "own-users accept");
}

// Whoever pasted the README's rules had no rule for the test mail that the same page tells to send.
TEST(ReadmeRules, JunkTheTestString) {
  std::ifstream page(std::filesystem::path(WINNOW_SOURCE_DIR) / "README.md");
  std::string rules;
  for (std::string line; std::getline(page, line) && (rules.empty() || line.starts_with("    "));) {
    if (!rules.empty() || line == "    version: 1") rules += line.substr(4) + "\n";
  }
  const auto loaded = load(rules);
  ASSERT_TRUE(loaded) << rules;
  Facts facts = facts_with_spam(0);
  facts.set(Fact::Gtube, true);
  EXPECT_EQ(loaded->decide(facts).message.rule, "gtube");
}

TEST(Rules, TakeAnotherFlagThresholdThanTheFilesSay) {
  const auto rules = load("rules:\n  - {id: f, when: spam >= flag, then: [flag]}\n");
  EXPECT_EQ(rules->with_thresholds({0.9, 0.3})->decide(facts_with_spam(0.4)).message.verdict, Verdict::Flag);
}

TEST(RuleFiles, NameTheHeadersThatRulesOfOverridesRemoveToo) {
  const auto rules = load(
      "overrides: [{for: ['@a.test'], rules: [{id: o, when: true, then: [remove_header: X-Old, accept]}]}]\n"
      "rules: [{id: a, when: true, then: [accept]}]\n");
  EXPECT_EQ(rules->info().removed_headers, std::vector<std::string>{"X-Old"});
}

TEST(RuleFiles, ApplyTheirModeToTheRulesOfTheirOverridesToo) {
  const auto rules = load(
      "mode: monitor\noverrides: [{for: ['@example.org'], rules: [{id: o, when: true, then: [reject]}]}]\n"
      "rules: [{id: a, when: true, then: [junk], mode: enforce}]\n");
  const Decision decision = rules->decide(facts_with_spam(0)).message;
  EXPECT_EQ(decision.verdict, Verdict::Junk);
  EXPECT_EQ(decision.monitored, std::vector<std::string>{"o"});
}

}  // namespace
}  // namespace winnow
