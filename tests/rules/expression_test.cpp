// One condition at a time, through lexer, parser, checker and evaluator.
#include <gtest/gtest.h>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

Facts sample_facts() {
  Facts facts;
  facts.set(Fact::Spam, 0.7);
  facts.set(Fact::Authenticated, false);
  facts.set(Fact::Tls, true);
  facts.set(Fact::ClientIp, *parse_ip_bytes("192.0.2.7"));
  facts.set(Fact::Subject, std::string("Re: FREE offer"));
  facts.set(Fact::FromAddress, std::string("Joe@mail.partner.example"));
  facts.set(Fact::FromDomain, std::string("mail.partner.example"));
  facts.set(Fact::FromName, std::string("mail.PARTNER.example"));
  facts.set(Fact::AttachmentsNames, std::vector<std::string>{"a.pdf", "Setup.EXE"});
  facts.set(Fact::UrlsDomains, std::vector<std::string>{"one.example", "mail.partner.example"});
  facts.set(Fact::Size, 10'240.0);
  facts.headers = {{"List-Id", "<first>"}, {"list-id", "<second>"}};
  facts.features = {{"capitals", 0.25}, {"links", 3.0}};
  facts.recipients = {"anna@shop.example", "bob@example.org"};
  return facts;
}

std::string verdict_when(const std::string& condition, const Facts& facts) {
  Diagnostics problems;
  const std::string text =
      "lists:\n  partners: [example.org, '*.partner.example']\n  office: [192.0.2.0/29, '2001:db8::/32']\n"
      "rules:\n  - id: a\n    when: |\n      " +
      condition + "\n    then: [junk]\n";
  const auto rules = load_rule_texts({{"a.yaml", text}}, problems);
  if (!rules) return problems.to_string();
  return std::string(verdict_name(rules->decide_for(facts, 0, nullptr).verdict));
}

struct ConditionCase {
  const char* condition;
  bool holds;
};

class Condition : public testing::TestWithParam<ConditionCase> {};

TEST_P(Condition, HoldsAsDocumented) {
  EXPECT_EQ(verdict_when(GetParam().condition, sample_facts()), GetParam().holds ? "junk" : "accept")
      << GetParam().condition;
}

INSTANTIATE_TEST_SUITE_P(
    Comparisons, Condition,
    testing::Values(
        ConditionCase{"spam == 70%", true}, ConditionCase{"spam != 0.7", false}, ConditionCase{"spam < 70%", false},
        ConditionCase{"spam <= 70%", true}, ConditionCase{"spam > 0.69", true}, ConditionCase{"spam >= junk", false},
        ConditionCase{"spam >= flag", true}, ConditionCase{"90% == junk", true}, ConditionCase{"size == 10KiB", true},
        ConditionCase{"size > 0", true}, ConditionCase{"size >= 10.5KiB", false},
        ConditionCase{"recipients.count == 2", true}, ConditionCase{"feature(\"links\") > 2", true},
        ConditionCase{"feature(\"capitals\") == 0.25", true}, ConditionCase{"feature(\"unknown\") == 0", true},
        ConditionCase{"phishing == 0", true}, ConditionCase{"tls == true", true}, ConditionCase{"tls != true", false},
        ConditionCase{"authenticated == false", true}, ConditionCase{"subject == 're: free OFFER'", true},
        ConditionCase{"subject != 're: free OFFER'", false}, ConditionCase{"helo == \"\"", true},
        ConditionCase{"from.domain == from.name", true}, ConditionCase{"client.ip == \"192.0.2.7\"", true},
        ConditionCase{"client.ip == \"::ffff:192.0.2.7\"", true}, ConditionCase{"client.ip != \"192.0.2.8\"", true},
        ConditionCase{"recipient == 'ANNA@shop.example'", true},
        ConditionCase{"recipient.domain == 'shop.example'", true}));

INSTANTIATE_TEST_SUITE_P(Membership, Condition,
                         testing::Values(ConditionCase{"from.domain in partners", true},
                                         ConditionCase{"recipient.domain in partners", false},
                                         ConditionCase{"from.domain in [\"MAIL.partner.example\"]", true},
                                         ConditionCase{"from.domain in [\"partner.example\", 'x']", false},
                                         ConditionCase{"client.ip in office", true},
                                         ConditionCase{"client.ip in [\"192.0.2.8/29\"]", false},
                                         ConditionCase{"client.ip in [\"192.0.2.7\"]", true},
                                         ConditionCase{"urls.domains in partners", true},
                                         ConditionCase{"attachments.names in [\"setup.exe\",]", true},
                                         ConditionCase{"from.domain in urls.domains", true},
                                         ConditionCase{"\"two.example\" in urls.domains", false},
                                         ConditionCase{"not (from.domain in partners)", false}));

INSTANTIATE_TEST_SUITE_P(
    Texts, Condition,
    testing::Values(
        ConditionCase{"subject contains \"free\"", true}, ConditionCase{"subject contains \"freee\"", false},
        ConditionCase{"subject starts_with \"RE:\"", true}, ConditionCase{"subject starts_with \"FREE\"", false},
        ConditionCase{"subject ends_with \"Offer\"", true},
        ConditionCase{"subject ends_with \"Re: FREE offer and more\"", false},
        ConditionCase{"from.address ends_with from.domain", true}, ConditionCase{"subject ends_with helo", false},
        ConditionCase{"subject starts_with helo", false}, ConditionCase{"attachments.names ends_with \".exe\"", true},
        ConditionCase{"attachments.names ends_with \".js\"", false},
        ConditionCase{"attachments.names contains \"setup\"", true},
        ConditionCase{"subject matches \"^re: +free\"", true}, ConditionCase{"subject matches \"(?-i)free\"", false},
        ConditionCase{R"(subject matches "\bf.ee\b")", true}, ConditionCase{"attachments.names matches '^s.*e$'", true},
        ConditionCase{"header(\"list-ID\") == \"<first>\"", true}, ConditionCase{"header(\"X-None\") == \"\"", true}));

INSTANTIATE_TEST_SUITE_P(
    Logic, Condition,
    testing::Values(ConditionCase{"true", true}, ConditionCase{"false", false}, ConditionCase{"not tls", false},
                    ConditionCase{"not not tls", true}, ConditionCase{"tls and not authenticated", true},
                    // and binds tighter than or, not tighter than and, comparisons tighter than not
                    ConditionCase{"true or true and false", true}, ConditionCase{"(true or true) and false", false},
                    ConditionCase{"false and true or true", true}, ConditionCase{"not false and false", false},
                    ConditionCase{"not (false and false)", true}, ConditionCase{"not spam >= junk", true},
                    ConditionCase{"not authenticated == false", false}, ConditionCase{"(tls == true) == true", true},
                    ConditionCase{"1 < 2 and 'a' == 'A'", true}, ConditionCase{"'x.example' in ['*.example']", true},
                    ConditionCase{"'abc' matches 'B'", true},
                    ConditionCase{"tls and tls and tls and authenticated", false}));

TEST(Condition, TakesAbsentFactsForFalseZeroAndEmpty) {
  const Facts nothing;
  for (const char* condition :
       {"not tls", "spam == 0", "size == 0", "subject == \"\"", "not (client.ip == \"192.0.2.7\")",
        "client.ip != \"192.0.2.7\"", "not (client.ip in [\"0.0.0.0/0\", \"::/0\"])",
        "not (urls.domains contains \"a\")", "recipient == \"\"", "recipient.domain == \"\"", "recipients.count == 0",
        "header(\"X\") == \"\""}) {
    EXPECT_EQ(verdict_when(condition, nothing), "junk") << condition;
  }
}

TEST(Condition, SurvivesTextThatIsNotUtf8) {
  Facts facts;
  facts.set(Fact::Subject, std::string("a\xFF\xC3 b\0c", 7));
  EXPECT_EQ(verdict_when("subject matches \"b\" and subject contains \"B\"", facts), "junk");
}

TEST(Condition, RegardsTheCaseOfNoScript) {
  Facts facts;
  facts.set(Fact::Subject, std::string("SCHÖNE ÜBERWEISUNG: СЧЁТ"));
  facts.set(Fact::AttachmentsNames, std::vector<std::string>{"a.txt", "Счёт.PDF"});
  for (const char* condition :
       {"subject contains \"überweisung\"", "subject starts_with \"Schöne\"", "subject ends_with \"счёт\"",
        "subject == \"schöne überweisung: счёт\"", "\"schöne überweisung: счёт\" == subject", "subject != \"schöne\"",
        "attachments.names contains \"счёт.\"", "attachments.names ends_with \"СЧЁТ.pdf\"", "\"É\" == \"é\"",
        "not (subject starts_with \"überweisung\")", "not (subject ends_with \"schöne\")",
        "not (subject != \"schöne überweisung: счёт\")"}) {
    EXPECT_EQ(verdict_when(condition, facts), "junk") << condition;
  }
}

TEST(Condition, TakesATextForNoPatternWhereItHoldsLettersBeyondAscii) {
  Facts facts;
  facts.set(Fact::Subject, std::string("größe"));
  EXPECT_EQ(verdict_when("subject contains \"gr.ß\" or subject contains \"ö|x\" or subject contains \"größe.\"", facts),
            "accept");
  facts.set(Fact::Subject, std::string("(GRÖ.*E)"));
  EXPECT_EQ(verdict_when("subject contains \"(grö.*\"", facts), "junk");
}

TEST(Condition, SearchesALongTextInLinearTime) {
  Facts facts;
  facts.set(Fact::Subject, std::string(1'000'000, 'a'));
  EXPECT_EQ(verdict_when("subject matches \"(a*)*b\"", facts), "accept");
}

}  // namespace
}  // namespace winnow
