#include "rules/rule_test_file.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

RuleTestFile read(const std::string& text) {
  Diagnostics problems;
  const auto file = read_rule_test_text("site/tests.yaml", text, problems);
  EXPECT_EQ(problems.to_string(), "");
  return file.value_or(RuleTestFile{});
}

/// A file with one test that gives these facts.
std::string with_facts(const std::string& facts) {
  return "tests:\n  - name: one\n    facts: {" + facts + "}\n    expect: {verdict: junk}\n";
}

Facts facts_given(const std::string& text) {
  const RuleTestFile file = read(with_facts(text));
  Facts facts;
  if (!file.tests.empty()) lay_over(file.tests.front().facts, facts);
  return facts;
}

template <typename T>
T value(const Facts& facts, Fact fact) {
  const T* found = std::get_if<T>(&facts.get(fact));
  return found != nullptr ? *found : T{};
}

std::string problems_of(const std::string& text) {
  Diagnostics problems;
  EXPECT_FALSE(read_rule_test_text("t.yaml", text, problems));
  return problems.to_string();
}

void expect_problem(const std::string& text, const std::string& expected) {
  const std::string problems = problems_of(text);
  EXPECT_NE(problems.find(expected), std::string::npos) << text << "\n" << problems;
}

TEST(RuleTestFile, KeepsNamePlaceFactsAndWhatIsExpected) {
  const RuleTestFile file = read(
      "version: 1\nrules: [../rules.yaml, /etc/rules.d]\ntests:\n"
      "  - name: partners are accepted\n    facts: {spam: 99%, recipients: [a@example.org, b@example.net]}\n"
      "    mail: mails/spam.eml\n"
      "    expect:\n      verdict: junk\n      rule: partners\n      actions: [junk, tag_subject]\n"
      "      monitored: [watch]\n      disagreement: true\n"
      "      recipients: {a@example.org: junk, b@example.net: accept}\n");
  ASSERT_EQ(file.tests.size(), 1u);
  const RuleTest& test = file.tests.front();
  EXPECT_EQ(file.rules, (std::vector<std::filesystem::path>{"rules.yaml", "/etc/rules.d"}));
  EXPECT_EQ(test.name, "partners are accepted");
  EXPECT_EQ(test.place, "site/tests.yaml:4");
  EXPECT_EQ(test.mail, "site/mails/spam.eml");
  EXPECT_EQ(test.expected.verdict, Verdict::Junk);
  EXPECT_EQ(test.expected.rule, "partners");
  EXPECT_EQ(test.expected.actions, (std::vector<std::string>{"junk", "tag_subject"}));
  EXPECT_EQ(test.expected.monitored, (std::vector<std::string>{"watch"}));
  EXPECT_EQ(test.expected.disagreement, true);
  ASSERT_EQ(test.expected.recipients.size(), 2u);
  EXPECT_EQ(test.expected.recipients[1].verdict, Verdict::Accept);
}

TEST(RuleTestFile, NeedsAModelOnlyForMailWithoutAGivenProbability) {
  const auto needs = [](const std::string& keys) {
    return read("tests:\n  - {name: a, " + keys + ", expect: {rule: \"\"}}\n").tests.at(0).needs_model();
  };
  EXPECT_TRUE(needs("mail: a.eml"));
  EXPECT_TRUE(needs("mail: a.eml, facts: {subject: x}"));
  EXPECT_FALSE(needs("mail: a.eml, facts: {spam: 99%}"));
  EXPECT_FALSE(needs("facts: {subject: x}"));
}

TEST(RuleTestFacts, AreReadByTheirType) {
  const Facts facts = facts_given(
      "spam: 97%, size: 10KiB, date.age: 3h, truncated: true, attachments.count: 2, subject: hello, "
      "urls.domains: [a.example, b.example], client.ip: 192.0.2.1, helo: \"\"");
  EXPECT_DOUBLE_EQ(value<double>(facts, Fact::Spam), 0.97);
  EXPECT_EQ(value<double>(facts, Fact::Size), 10240);
  EXPECT_EQ(value<double>(facts, Fact::DateAge), 10800);
  EXPECT_TRUE(value<bool>(facts, Fact::Truncated));
  EXPECT_EQ(value<double>(facts, Fact::AttachmentsCount), 2);
  EXPECT_EQ(value<std::string>(facts, Fact::Subject), "hello");
  EXPECT_EQ(value<std::vector<std::string>>(facts, Fact::UrlsDomains).size(), 2u);
  EXPECT_EQ(format_ip_bytes(value<IpBytes>(facts, Fact::ClientIp)), "192.0.2.1");
}

TEST(RuleTestFacts, BringWhatFollowsFromThem) {
  const Facts facts = facts_given(
      "mail_from: a@example.org, from.address: b@example.net, attachments.names: [x.pdf], recipients: [c@x.example, "
      "d@x.example]");
  EXPECT_EQ(value<std::string>(facts, Fact::MailFromDomain), "example.org");
  EXPECT_EQ(value<std::string>(facts, Fact::FromDomain), "example.net");
  EXPECT_EQ(value<double>(facts, Fact::AttachmentsCount), 1);
  EXPECT_EQ(value<double>(facts, Fact::RecipientsCount), 2);
  EXPECT_EQ(value<std::string>(facts, Fact::RecipientDomain), "x.example");
}

TEST(RuleTestFacts, LeaveAGivenValueToWhatWouldFollow) {
  const Facts facts = facts_given("mail_from.domain: other.example, mail_from: a@example.org");
  EXPECT_EQ(value<std::string>(facts, Fact::MailFromDomain), "other.example");
}

TEST(RuleTestFacts, TakeASingleRecipientOrItsDomainForTheList) {
  EXPECT_EQ(facts_given("recipient: a@x.example").recipients, (std::vector<std::string>{"a@x.example"}));
  EXPECT_EQ(facts_given("recipient.domain: x.example").recipients, (std::vector<std::string>{"someone@x.example"}));
  EXPECT_EQ(facts_given("recipient: a@X.example, recipient.domain: x.example").recipients.size(), 1u);
}

TEST(RuleTestFacts, ReplaceTheHeadersAndFeaturesOfTheirNames) {
  const RuleTestFile file =
      read(with_facts("headers: {List-Id: [<a>, <b>], X-New: n}, features: {caps: 0.5, zeta: -1}"));
  Facts facts;
  facts.headers = {{"list-id", "old"}, {"Subject", "s"}};
  facts.features = {{"caps", 0.1}, {"length", 3}};
  lay_over(file.tests.at(0).facts, facts);
  const decltype(facts.headers) headers{{"Subject", "s"}, {"List-Id", "<a>"}, {"List-Id", "<b>"}, {"X-New", "n"}};
  const decltype(facts.features) features{{"caps", 0.5}, {"length", 3}, {"zeta", -1}};
  EXPECT_EQ(facts.headers, headers);
  EXPECT_EQ(facts.features, features);
}

TEST(RuleTestFacts, TakeAValueForEveryFactThatRulesKnow) {
  const std::vector<std::string> values{"true", "3", "5%", "1KiB", "2s", "text", "[text]", "192.0.2.1"};
  for (const FactDeclaration& fact : fact_table()) {
    const std::string text = with_facts(std::string(fact.name) + ": " + values.at(static_cast<std::size_t>(fact.type)));
    Diagnostics problems;
    EXPECT_TRUE(read_rule_test_text("t.yaml", text, problems)) << problems.to_string();
  }
}

TEST(WrongRuleTestFile, ShowsAllProblemsAtTheirPlaces) {
  EXPECT_EQ(problems_of("version: 1\ntests:\n"
                        "  - name: a\n    facts: {span: 99%, size: big}\n    expect: {verdict: jnk}\n"
                        "  - name: a\n    fact: {}\n    expect: {}\n"),
            "t.yaml:4:13: error: unknown fact 'span' (did you mean 'spam'?)\n"
            "    4 |     facts: {span: 99%, size: big}\n"
            "      |             ^~~~\n"
            "t.yaml:4:30: error: size must be a size such as 10KiB, got 'big'\n"
            "    4 |     facts: {span: 99%, size: big}\n"
            "      |                              ^~~\n"
            "t.yaml:5:23: error: verdict must be accept, flag, junk, redirect, quarantine, tempfail, reject "
            "or discard, got 'jnk' (did you mean 'junk'?)\n"
            "    5 |     expect: {verdict: jnk}\n"
            "      |                       ^~~\n"
            "t.yaml:6:5: error: a test needs facts, a mail or both\n"
            "    6 |   - name: a\n"
            "      |     ^\n"
            "t.yaml:6:11: error: the name 'a' is used twice (first in t.yaml:3)\n"
            "    6 |   - name: a\n"
            "      |           ^\n"
            "t.yaml:7:5: error: unknown key 'fact' in a test (did you mean 'facts'?)\n"
            "    7 |     fact: {}\n"
            "      |     ^~~~\n"
            "t.yaml:8:13: error: expect names nothing (write expect: {verdict: junk})\n"
            "    8 |     expect: {}\n"
            "      |             ^\n");
}

TEST(WrongRuleTestFile, IsToldWhatAFactMustBe) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"spam: 101%", "spam must be a percentage such as 90%, got '101%'"},
      {"size: 100", "size must be a size such as 10KiB, got '100'"},
      {"date.age: 3", "date.age must be a duration such as 3h, got '3'"},
      {"attachments.count: many", "attachments.count must be a number such as 3, got 'many'"},
      {"client.ip: localhost", "client.ip must be an address such as 192.0.2.1, got 'localhost'"},
      {"authenticated: yes", "authenticated must be false or true, got 'yes'"},
      {"subject: [a]", "subject must be a text, got a list"},
      {"subject:", "subject must be a text, got nothing (write \"\" for an empty one)"},
      {"urls.domains: a.example", "urls.domains must be a list, got 'a.example' (write [\"a.example\"])"},
      {"headers: {\"a b\": x}", "'a b' is not the name of a header"},
      {"features: {caps: loud}", "a feature must be a number such as 3, got 'loud'"},
      {"recipient: a@x.example, recipients: []", "give recipient or recipients, not both"},
      {"recipient: a@x.example, recipient.domain: y.example", "recipient.domain is not the domain of the recipient"}};
  for (const auto& [facts, expected] : cases) expect_problem(with_facts(facts), expected);
}

TEST(WrongRuleTestFile, IsToldWhatAnExpectationMustBe) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"actions: junk", "actions must be a list, got 'junk' (write [junk])"},
      {"actions: [jnk]", "unknown action 'jnk' (did you mean 'junk'?)"},
      {"rule:", "rule must be the id of a rule, got nothing (write \"\" when no rule decides)"},
      {"monitored: {}", "monitored must be a list, got a mapping"},
      {"disagreement: maybe", "disagreement must be false or true, got 'maybe'"},
      {"recipients: {a@y.example: junk}",
       "'a@y.example' is not among the recipients of the facts (did you mean 'a@x.example'?)"},
      {"recipients: {a@x.example: maybe}", "the verdict for a recipient must be accept, flag"},
      {"verdct: junk", "unknown key 'verdct' in expect (did you mean 'verdict'?)"}};
  for (const auto& [expect, expected] : cases) {
    expect_problem("tests:\n  - name: one\n    facts: {recipient: a@x.example}\n    expect: {" + expect + "}\n",
                   expected);
  }
}

TEST(WrongRuleTestFile, IsToldWhatAFileNeeds) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "a file of tests must be a mapping, got nothing"},
      {"version: 1\n", "there are no tests"},
      {"tests: []\n", "there are no tests"},
      {"tests: {name: a}\n", "tests must be a list, got a mapping"},
      {"tests: [a]\n", "a test must be a mapping, got 'a'"},
      {"version: 2\ntests: []\n", "version must be 1, got '2'"},
      {"test: []\n", "unknown key 'test' in a file of tests (did you mean 'tests'?)"},
      {"rules: rules.yaml\ntests: []\n", "rules must be a list, got 'rules.yaml' (write [rules.yaml])"},
      {"tests:\n  - facts: {}\n    expect: {rule: a}\n", "a test needs a name"},
      {"tests:\n  - name: a\n    facts: {}\n", "a test needs an expect"}};
  for (const auto& [text, expected] : cases) expect_problem(text, expected);
}

TEST(WrongRuleTestFile, IsNamedWhenItIsMissing) {
  Diagnostics problems;
  EXPECT_FALSE(read_rule_test_file("/nowhere/tests.yaml", problems));
  EXPECT_NE(problems.to_string().find("/nowhere/tests.yaml"), std::string::npos);
}

/// A misspelled feature was given to no rule, so the test said nothing about the rule that it was written for.
TEST(RuleTestFile, RefusesFeaturesThatTheModelDoesNotSee) {
  const std::string text =
      "tests:\n  - {name: a, facts: {features: {subject_captials: 1, url_count: 2}}, expect: {rule: x}}\n";
  Diagnostics problems;
  EXPECT_FALSE(read_rule_test_text("t.yaml", text, problems, {"subject_capitals", "url_count"}));
  EXPECT_EQ(problems.error_count(), 1u);
  EXPECT_NE(problems.to_string().find(
                "t.yaml:2:34: error: there is no feature 'subject_captials' (did you mean 'subject_capitals'?)"),
            std::string::npos)
      << problems.to_string();
}

}  // namespace
}  // namespace winnow
