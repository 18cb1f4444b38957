#include "rules/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

std::shared_ptr<const RuleSet> load(const std::string& text) {
  Diagnostics problems;
  auto rules = load_rule_texts({{"a.yaml", text}}, problems);
  EXPECT_EQ(problems.to_string(), "");
  return rules;
}

std::string problems_of(const std::string& text) {
  Diagnostics problems;
  load_rule_texts({{"a.yaml", text + "rules: [{id: a, when: true, then: [accept]}]\n"}}, problems);
  return problems.to_string();
}

/// "[a0@a.test, a1@a.test, ...]"
std::string many(char name, int count) {
  std::string all = "[";
  for (int i = 0; i < count; ++i) all += (i == 0 ? "" : ", ") + (name + std::to_string(i)) + "@" + name + ".test";
  return all + "]";
}

/// "junk 97% (a.yaml:3), ceiling junk (a.yaml:4), rules own"
std::string shown(const Policy& policy) {
  std::string text =
      "junk " + std::to_string(static_cast<int>(policy.junk.value * 100 + 0.5)) + " " + policy.junk.where;
  text += ", flag " + std::to_string(static_cast<int>(policy.flag.value * 100 + 0.5)) + " " + policy.flag.where;
  if (policy.ceiling) text += ", ceiling " + std::string(verdict_name(policy.ceiling->value));
  for (const auto& rule : policy.own_rules) text += ", rule " + rule.value;
  return text;
}

const char* const kShop =
    "thresholds: {junk: 90%, flag: 50%}\n"
    "overrides:\n"
    "  - for: [\"@.example\"]\n"
    "    thresholds: {junk: 91%}\n"
    "    rules: [{id: everyone, when: spam > 99%, then: [reject]}]\n"
    "  - for: [\"@shop.example\"]\n"
    "    thresholds: {junk: 97%, flag: 60%}\n"
    "    ceiling: junk\n"
    "  - for: [\"Boss@shop.example\"]\n"
    "    thresholds: {flag: 70%}\n"
    "    rules: [{id: boss, when: spam > 98%, then: [discard]}]\n"
    "  - from: [\"@bank.example\"]\n"
    "    thresholds: {junk: 80%}\n"
    "rules:\n"
    "  - {id: junk, when: spam >= junk, then: [junk]}\n";

TEST(Overrides, GiveTheLastWordToTheMostSpecificOne) {
  const auto rules = load(kShop);
  EXPECT_EQ(shown(rules->policy_for("a@other.test", "x@y.test")), "junk 90 a.yaml:1, flag 50 a.yaml:1");
  EXPECT_EQ(shown(rules->policy_for("a@mail.example", "x@y.test")),
            "junk 91 a.yaml:4, flag 50 a.yaml:1, rule everyone");
  EXPECT_EQ(shown(rules->policy_for("a@shop.example", "x@y.test")),
            "junk 97 a.yaml:7, flag 60 a.yaml:7, ceiling junk, rule everyone");
  EXPECT_EQ(shown(rules->policy_for("boss@SHOP.example", "x@y.test")),
            "junk 97 a.yaml:7, flag 70 a.yaml:10, ceiling junk, rule boss, rule everyone");
  EXPECT_EQ(shown(rules->policy_for("boss+lists@shop.example", "")), shown(rules->policy_for("boss@shop.example", "")));
}

TEST(Overrides, OfASenderCountBehindThoseOfTheRecipient) {
  const auto rules = load(kShop);
  EXPECT_EQ(shown(rules->policy_for("a@other.test", "x@bank.example")), "junk 80 a.yaml:13, flag 50 a.yaml:1");
  EXPECT_EQ(shown(rules->policy_for("a@shop.example", "x@bank.example")),
            "junk 97 a.yaml:7, flag 60 a.yaml:7, ceiling junk, rule everyone");
}

TEST(Overrides, NeedBothPatternsWhenTheyHaveBoth) {
  const auto rules = load(
      "overrides:\n  - {for: ['@a.test'], from: ['@b.test'], thresholds: {junk: 70%}}\n"
      "rules: [{id: a, when: true, then: [accept]}]\n");
  EXPECT_EQ(rules->policy_for("x@a.test", "y@b.test").junk.value, 0.7);
  EXPECT_EQ(rules->policy_for("x@a.test", "y@c.test").junk.value, 0.9);
  EXPECT_EQ(rules->policy_for("x@c.test", "y@b.test").junk.value, 0.9);
}

TEST(Overrides, DecideForEachRecipientByItsOwnThresholdsAndRules) {
  const auto rules = load(kShop);
  Facts facts;
  facts.set(Fact::Spam, 0.95);
  facts.recipients = {"a@other.test", "a@shop.example", "boss@shop.example"};
  const MessageDecision all = rules->decide(facts);
  EXPECT_EQ(rules->decide_for(facts, 0, nullptr).verdict, Verdict::Junk);
  EXPECT_EQ(rules->decide_for(facts, 1, nullptr).verdict, Verdict::Accept);
  EXPECT_EQ(all.message.verdict, Verdict::Accept);
  EXPECT_TRUE(all.disagreement);
}

TEST(Ceiling, MakesAVerdictMilderAndTellsWhatWasWanted) {
  const auto rules = load(kShop);
  Facts facts;
  facts.set(Fact::Spam, 0.995);
  facts.recipients = {"boss@shop.example"};
  const Decision decision = rules->decide(facts).message;
  EXPECT_EQ(decision.verdict, Verdict::Junk);
  EXPECT_EQ(decision.wanted, Verdict::Discard);
  EXPECT_EQ(decision.rule, "boss");
  ASSERT_EQ(decision.actions.size(), 1u);
  EXPECT_EQ(decision.actions[0], Action{.kind = ActionKind::Junk});
}

TEST(Ceiling, LeavesMilderVerdictsAndWhatGoesWithThemAlone) {
  const auto rules = load(
      "overrides: [{for: ['@a.test'], ceiling: quarantine}]\n"
      "rules:\n  - {id: tag, when: true, then: [tag_subject: x], continue: true}\n"
      "  - {id: r, when: spam > 50%, then: [reject]}\n  - {id: j, when: true, then: [junk: {extension: J}]}\n");
  Facts facts;
  facts.recipients = {"x@a.test"};
  EXPECT_EQ(rules->decide(facts).message.actions.back().extension, "J");
  facts.set(Fact::Spam, 0.9);
  const Decision decision = rules->decide(facts).message;
  EXPECT_EQ(decision.verdict, Verdict::Quarantine);
  EXPECT_EQ(decision.actions.front().kind, ActionKind::TagSubject);
}

TEST(Overrides, OfTwoThatCrossFlagNothingThatIsJunk) {
  const auto rules = load(
      "overrides:\n  - {for: [a@a.test], thresholds: {junk: 60%}}\n  - {from: ['@b.test'], thresholds: {flag: 80%}}\n"
      "rules: [{id: a, when: spam >= junk, then: [junk]}]\n");
  EXPECT_EQ(rules->policy_for("a@a.test", "x@b.test").flag.value, 0.6);
  EXPECT_EQ(rules->policy_for("c@a.test", "x@b.test").flag.value, 0.8);
}

TEST(AddressPatterns, OfAPostmasterFitThePostmasterWithoutADomain) {
  const auto rules = load(
      "overrides: [{for: [postmaster@example.org], ceiling: flag}]\n"
      "rules: [{id: a, when: spam >= junk, then: [junk]}]\n");
  EXPECT_TRUE(rules->policy_for("Postmaster", "").ceiling);
  EXPECT_FALSE(rules->policy_for("webmaster", "").ceiling);
}

TEST(AddressPatterns, MustNameAnAddressOrADomain) {
  for (const char* pattern : {"a@b.test", "@b.test", "@*.b.test", "@.b.test"})
    EXPECT_EQ(why_not_an_address_pattern(pattern), "");
  for (const char* pattern : {"b.test", "@", "@*.", "a@", "*@b.test", "@a*.test", "a b@c.test", ""}) {
    EXPECT_NE(why_not_an_address_pattern(pattern), "") << pattern;
  }
}

/// Nobody's address is written so, as the MTA resolves it: the override would be for nobody, and nobody would see it.
TEST(AddressPatterns, AreNotWhatNoAddressCanFit) {
  for (const char* pattern :
       {"<joe@example.org>", "joe@.example.org", "@example.org.", "@a..example", "@..example.org", "@*..a",
        "joe,ann@example.org", "joe@example.org,", "Joe:joe@example.org", "joe(x)@example.org"}) {
    EXPECT_NE(why_not_an_address_pattern(pattern), "") << pattern;
  }
  for (const char* pattern :
       {"\"a,b\"@example.org", "joe@[IPv6:2001:db8::1]", "j.o.e+x@example.org", "@.shop.example"}) {
    EXPECT_EQ(why_not_an_address_pattern(pattern), "") << pattern;
  }
}

TEST(AddressPatterns, HaveInternationalisedDomainsInAscii) {
  EXPECT_THAT(why_not_an_address_pattern("@b\xC3\xBC"
                                         "cher.example"),
              ::testing::HasSubstr("as xn--bcher-kva.example"));
  EXPECT_EQ(why_not_an_address_pattern("@xn--bcher-kva.example"), "");
}

// The merge against its table in docs/rules.md, told the slow way: every override is asked whether it fits, and how well.

struct Drawn {
  std::string recipient, sender;  // patterns; "" for everybody
  int junk;                       // 0: does not set it
};

/// The table's row of a pattern for an address: 1 the most specific; 0 does not fit.
int row_of(const std::string& pattern, const std::string& address) {
  if (pattern.empty()) return 100;
  if (pattern == address) return 1;
  const std::string domain = address.substr(address.find('@') + 1);
  if (pattern == "@" + domain) return 3;
  if (pattern.rfind("@*.", 0) != 0) return 0;
  const std::string suffix = pattern.substr(2);
  const bool fits =
      domain.size() > suffix.size() && domain.compare(domain.size() - suffix.size(), suffix.size(), suffix) == 0;
  return fits ? 99 - static_cast<int>(suffix.size()) : 0;  // the longer name is the more specific one
}

int expected_junk(const std::vector<Drawn>& drawn, const std::string& recipient, const std::string& sender) {
  int junk = 90;
  std::pair<int, int> best{1000, 1000};
  for (const Drawn& one : drawn) {
    const std::pair<int, int> rank{row_of(one.recipient, recipient), row_of(one.sender, sender)};
    if (one.junk == 0 || rank.first == 0 || rank.second == 0 || rank >= best) continue;
    best = rank;
    junk = one.junk;
  }
  return junk;
}

TEST(Overrides, AgreeWithTheTableOfTheirMerge) {
  const std::vector<std::string> patterns{"", "u@a.b.test", "@a.b.test", "@*.b.test", "@*.test", "v@b.test", "@b.test"};
  const std::vector<std::string> addresses{"u@a.b.test",   "v@b.test", "w@a.b.test",
                                           "w@x.a.b.test", "w@b.test", "w@else.where"};
  std::mt19937 random(7);
  const auto pick = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  for (int round = 0; round < 500; ++round) {
    std::vector<Drawn> drawn;
    std::string text = "thresholds: {flag: 1%}\noverrides:\n";
    for (std::size_t i = 0; i < 6; ++i) {
      const Drawn one{patterns[pick(patterns.size())], patterns[pick(patterns.size())],
                      10 + static_cast<int>(pick(80))};
      const bool is_double = std::any_of(drawn.begin(), drawn.end(), [&](const Drawn& other) {
        return other.recipient == one.recipient && other.sender == one.sender;
      });
      if (is_double || (one.recipient.empty() && one.sender.empty())) continue;
      drawn.push_back(one);
      text += "  - {";
      if (!one.recipient.empty()) text += "for: [\"" + one.recipient + "\"], ";
      if (!one.sender.empty()) text += "from: [\"" + one.sender + "\"], ";
      text += "thresholds: {junk: " + std::to_string(one.junk) + "%}}\n";
    }
    if (drawn.empty()) continue;
    const auto rules = load(text + "rules: [{id: a, when: true, then: [accept]}]\n");
    ASSERT_TRUE(rules) << text;
    for (const std::string& recipient : addresses) {
      for (const std::string& sender : addresses) {
        ASSERT_NEAR(rules->policy_for(recipient, sender).junk.value, expected_junk(drawn, recipient, sender) / 100.0,
                    1e-9)
            << recipient << " from " << sender << "\n"
            << text;
      }
    }
  }
}

/// Each pair of them was looked at by itself, and kept with its place: 5,000 by 5,000 took 24 s and 4.8 GB.
TEST(Overrides, OfManyRecipientsAndSendersAreNotCheckedPairByPair) {
  const std::string both = "  - for: " + many('r', 5000) + "\n    from: " + many('s', 5000) + "\n    ";
  EXPECT_EQ(problems_of("overrides:\n" + both + "thresholds: {junk: 97%}\n    ceiling: junk\n" + both +
                        "thresholds: {flag: 60%}\n"),
            "");
}

TEST(Overrides, ThatSetTheSameForOnePairOfManyAreFound) {
  const std::string text =
      "overrides:\n  - {for: " + many('r', 100) + ", from: " + many('s', 100) + ", ceiling: junk}\n";
  EXPECT_THAT(
      problems_of(text + "  - {for: [x@a.test, r7@r.test], from: [s9@s.test, y@a.test], ceiling: flag}\n"),
      ::testing::HasSubstr(
          "a.yaml:3:22: error: ceiling for r7@r.test and mail from s9@s.test is set twice (first in a.yaml:2)"));
  EXPECT_EQ(problems_of(text + "  - {for: [r7@r.test], from: [x@s.test], ceiling: flag}\n"
                               "  - {for: [x@r.test], from: [s7@s.test], ceiling: flag}\n"
                               "  - {for: [r7@r.test], ceiling: flag}\n  - {from: [s7@s.test], ceiling: flag}\n"
                               "  - {for: [r7@r.test], from: [s7@s.test], thresholds: {junk: 95%}}\n"),
            "");
}

TEST(Overrides, ThatPutFlagAboveJunkForOnePairOfManyAreFound) {
  const std::string text =
      "overrides:\n  - {for: " + many('r', 100) + ", from: " + many('s', 100) + ", thresholds: {junk: 60%}}\n";
  EXPECT_THAT(
      problems_of(text + "  - {for: [r7@r.test], from: [s9@s.test], thresholds: {flag: 70%}}\n"),
      ::testing::HasSubstr("a.yaml:3:55: error: for r7@r.test the flag threshold 70% is above the junk threshold 60%"));
  EXPECT_EQ(problems_of(text + "  - {for: [r7@r.test], from: [x@s.test], thresholds: {flag: 70%}}\n"), "");
}

TEST(Overrides, OfSendersAloneGoWithThoseOfTheRecipient) {
  const auto rules = load("overrides:\n  - {from: " + many('s', 1000) +
                          ", ceiling: junk}\n  - {for: [r@a.test], thresholds: {junk: 95%}}\n"
                          "  - {for: [r@a.test, '@a.test'], from: [s7@s.test, '@s.test'], thresholds: {flag: 60%}}\n"
                          "rules: [{id: a, when: true, then: [accept]}]\n");
  EXPECT_EQ(shown(rules->policy_for("r@a.test", "s7@s.test")), "junk 95 a.yaml:3, flag 60 a.yaml:4, ceiling junk");
  EXPECT_EQ(shown(rules->policy_for("r@a.test", "x@s.test")), "junk 95 a.yaml:3, flag 60 a.yaml:4");
  EXPECT_EQ(shown(rules->policy_for("x@b.test", "s7@s.test")), "junk 90 , flag 50 , ceiling junk");
}

TEST(Ceiling, LeavesAVerdictThatIsAsStrictAsItselfAlone) {
  const auto rules = load(
      "overrides: [{for: ['@a.test'], ceiling: junk}]\nrules: [{id: j, when: true, then: [junk: {extension: J}]}]\n");
  Facts facts;
  facts.recipients = {"x@a.test"};
  const Decision decision = rules->decide(facts).message;
  EXPECT_EQ(decision.actions, (std::vector<Action>{{.kind = ActionKind::Junk, .extension = "J"}}));
  EXPECT_FALSE(decision.wanted);
}

TEST(Ceiling, OfTheMostSpecificOverrideCounts) {
  const auto rules = load(
      "overrides: [{for: ['@a.test'], ceiling: flag}, {for: [x@a.test], ceiling: reject}]\n"
      "rules: [{id: a, when: true, then: [accept]}]\n");
  EXPECT_EQ(rules->policy_for("x@a.test", "").ceiling->value, Verdict::Reject);
  EXPECT_EQ(rules->policy_for("y@a.test", "").ceiling->value, Verdict::Flag);
}

}  // namespace
}  // namespace winnow
