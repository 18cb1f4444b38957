// Several recipients of one message: what each gets, and what is done with the message as a whole.
#include "rules/message_decision.h"

#include <gtest/gtest.h>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

std::shared_ptr<const RuleSet> load(const std::string& text) {
  Diagnostics problems;
  auto rules = load_rule_texts({{"a.yaml", text}}, problems);
  EXPECT_EQ(problems.to_string(), "");
  return rules;
}

const char* const kPerRecipient =
    "rules:\n  - {id: boss, when: recipient == 'boss@example.org', then: [accept]}\n"
    "  - {id: tag, when: recipient.domain == 'tag.example', then: [tag_subject: '[t] '], continue: true}\n"
    "  - {id: watch, when: recipient.domain == 'tag.example', then: [discard], mode: monitor}\n"
    "  - {id: rest, when: true, then: [junk]}\n";

TEST(Recipients, GetTheMildestOfTheirVerdictsByDefault) {
  Facts facts;
  facts.recipients = {"a@example.org", "boss@example.org", "b@example.org"};
  const MessageDecision all = load(kPerRecipient)->decide(facts);
  const Decision& decision = all.message;
  EXPECT_EQ(decision.verdict, Verdict::Accept);
  EXPECT_EQ(decision.rule, "boss");
  EXPECT_TRUE(all.disagreement);
  ASSERT_EQ(decision.actions.size(), 1u);
  EXPECT_EQ(decision.actions[0].kind, ActionKind::Accept);
}

TEST(Recipients, GetTheStrictestWhenTheFileSaysSo) {
  Facts facts;
  facts.recipients = {"boss@example.org", "a@example.org"};
  const MessageDecision all = load(std::string("on_disagreement: strictest\n") + kPerRecipient)->decide(facts);
  EXPECT_EQ(all.message.verdict, Verdict::Junk);
  EXPECT_TRUE(all.disagreement);
}

TEST(Recipients, WhoAgreeGetTheMarksAndTheMonitoredRulesOfAllWhoeverIsNamedFirst) {
  Facts facts;
  facts.recipients = {"a@example.org", "b@tag.example"};
  const MessageDecision all = load(kPerRecipient)->decide(facts);
  const Decision& decision = all.message;
  EXPECT_EQ(decision.verdict, Verdict::Junk);
  EXPECT_FALSE(all.disagreement);
  EXPECT_EQ(decision.actions,
            (std::vector<Action>{{.kind = ActionKind::Junk}, {.kind = ActionKind::TagSubject, .text = "[t] "}}));
  EXPECT_EQ(decision.monitored, std::vector<std::string>{"watch"});
  facts.recipients = {"b@tag.example", "a@example.org"};
  EXPECT_EQ(load(kPerRecipient)->decide(facts).message.actions.size(), 2u);
}

TEST(Recipients, AreRememberedToDisagreeWhenALaterOneAgreesAgain) {
  Facts facts;
  facts.recipients = {"boss@example.org", "a@example.org", "boss@example.org"};
  EXPECT_TRUE(load(kPerRecipient)->decide(facts).disagreement);
}

TEST(Recipients, MayBeNone) {
  EXPECT_EQ(load(kPerRecipient)->decide(Facts()).message.rule, "rest");
  Facts facts;
  facts.set(Fact::Recipient, std::string("boss@example.org"));
  EXPECT_EQ(load(kPerRecipient)->decide(facts).message.rule, "boss");
}

/// "accept: 0 2; discard: 1"
std::string by_recipient(const MessageDecision& all) {
  std::string text;
  for (const RecipientDecision& one : all.recipients) {
    text += (text.empty() ? "" : "; ") + std::string(verdict_name(one.decision.verdict)) + ":";
    for (const std::size_t index : one.recipients) text += " " + std::to_string(index);
  }
  return text;
}

TEST(Recipients, WhoGetTheSameStandTogether) {
  Facts facts;
  facts.recipients = {"a@example.org", "boss@example.org", "b@example.org", "c@tag.example"};
  EXPECT_EQ(by_recipient(load(kPerRecipient)->decide(facts)), "junk: 0 2; accept: 1; junk: 3");
  const auto alike = load("rules:\n  - {id: all, when: true, then: [junk]}\n");
  EXPECT_EQ(by_recipient(alike->decide(facts)), "junk: 0 1 2 3");
}

TEST(Recipients, WhoseMailIsDiscardedHaveNoSayUnlessAllAre) {
  const auto rules = load(
      "on_disagreement: strictest\nrules:\n"
      "  - {id: gone, when: recipient.domain == 'gone.example', then: [discard]}\n"
      "  - {id: rest, when: true, then: [flag]}\n");
  Facts facts;
  facts.recipients = {"a@gone.example", "b@example.org"};
  const MessageDecision all = rules->decide(facts);
  EXPECT_EQ(all.message.verdict, Verdict::Flag);
  EXPECT_FALSE(all.disagreement);
  EXPECT_EQ(by_recipient(all), "discard: 0; flag: 1");
  facts.recipients = {"a@gone.example", "b@gone.example"};
  EXPECT_EQ(rules->decide(facts).message.verdict, Verdict::Discard);
}

TEST(Recipients, WhoseMailGoesElsewhereHaveNoSayWhenAnotherGetsIt) {
  const char* const text =
      "rules:\n"
      "  - {id: gone, when: recipient.domain == 'gone.example', then: [discard]}\n"
      "  - {id: held, when: recipient.domain == 'held.example', then: [redirect: held@example.org]}\n"
      "  - {id: not, when: recipient.domain == 'not.example', then: [reject]}\n"
      "  - {id: rest, when: true, then: [junk]}\n";
  const auto rules = load(std::string("on_disagreement: strictest\n") + text);
  Facts facts;
  facts.recipients = {"a@held.example", "b@example.org"};
  EXPECT_EQ(rules->decide(facts).message.verdict, Verdict::Junk);
  EXPECT_FALSE(rules->decide(facts).disagreement);
  facts.recipients = {"a@held.example", "b@gone.example"};
  EXPECT_EQ(rules->decide(facts).message.verdict, Verdict::Redirect);
  facts.recipients = {"a@held.example", "b@not.example"};
  EXPECT_EQ(rules->decide(facts).message.verdict, Verdict::Reject);
  EXPECT_EQ(load(text)->decide(facts).message.verdict, Verdict::Redirect);
}

// The table of docs/rules.md

struct Row {
  const char* joe;  // actions, as in a rule
  const char* ann;
  const char* mildest;  // verdict of the message
  const char* strictest;
};

TEST(RecipientsThatDiffer, GetWhatTheTableOfThePageSays) {
  const std::vector<Row> rows{{"junk", "junk", "junk", "junk"},
                              {"junk", "accept", "accept", "junk"},
                              {"reject", "accept", "accept", "reject"},
                              {"discard", "flag", "flag", "flag"},
                              {"redirect: x@example.org", "junk", "junk", "junk"},
                              {"junk: {extension: Junk}", "accept", "accept", "junk"},
                              {"redirect: x@example.org", "reject", "redirect", "reject"},
                              {"discard", "reject", "reject", "reject"},
                              {"discard", "discard", "discard", "discard"}};
  Facts facts;
  facts.recipients = {"joe@example.org", "ann@example.org"};
  for (const Row& row : rows) {
    const std::string rules = std::string("rules:\n  - {id: joe, when: recipient starts_with 'joe@', then: [") +
                              row.joe + "]}\n  - {id: ann, when: true, then: [" + row.ann + "]}\n";
    EXPECT_EQ(verdict_name(load(rules)->decide(facts).message.verdict), row.mildest) << rules;
    const auto strictest = load("on_disagreement: strictest\n" + rules);
    EXPECT_EQ(verdict_name(strictest->decide(facts).message.verdict), row.strictest) << rules;
  }
}

TEST(Recipients, DifferWhereOnlyTheUnlessOfARuleNamesThem) {
  const auto rules = load("rules:\n  - {id: j, when: true, unless: recipient == 'boss@example.org', then: [junk]}\n");
  Facts facts;
  facts.recipients = {"a@example.org", "boss@example.org"};
  EXPECT_EQ(by_recipient(rules->decide(facts)), "junk: 0; accept: 1");
}

TEST(Recipients, DifferWhereARuleOfTheirOverrideNamesThem) {
  const auto rules = load(
      "overrides: [{for: ['@x.test'], rules: [{id: o, when: recipient == 'boss@x.test', then: [accept]}]}]\n"
      "rules: [{id: j, when: true, then: [junk]}]\n");
  Facts facts;
  facts.recipients = {"a@x.test", "boss@x.test"};
  EXPECT_EQ(by_recipient(rules->decide(facts)), "junk: 0; accept: 1");
}

TEST(Recipients, AreFlaggedByTheirOwnThreshold) {
  const auto rules = load(
      "overrides: [{for: ['@x.test'], thresholds: {flag: 60%}}]\nrules: [{id: f, when: spam >= flag, then: [flag]}]\n");
  Facts facts;
  facts.set(Fact::Spam, 0.55);
  facts.recipients = {"a@other.test", "a@x.test"};
  EXPECT_EQ(by_recipient(rules->decide(facts)), "flag: 0; accept: 1");
}

TEST(Recipients, GetNoMarksOfThoseWhoWantAnotherVerdict) {
  Facts facts;
  facts.recipients = {"boss@example.org", "b@tag.example"};
  EXPECT_EQ(load(kPerRecipient)->decide(facts).message.actions, (std::vector<Action>{{.kind = ActionKind::Accept}}));
}

}  // namespace
}  // namespace winnow
