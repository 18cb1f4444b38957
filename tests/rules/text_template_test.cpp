#include "rules/text_template.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

Facts some_facts() {
  Facts facts;
  facts.set(Fact::Spam, 0.97349);
  facts.set(Fact::Size, 12'345.0);
  facts.set(Fact::DateAge, 3 * 3600.0);
  facts.set(Fact::Tls, true);
  facts.set(Fact::ClientIp, *parse_ip_bytes("192.0.2.7"));
  facts.set(Fact::UrlsDomains, std::vector<std::string>{"a.example", "b.example"});
  facts.recipients = {"one@example.org"};
  return facts;
}

std::string rendered(const std::string& text, const Facts& facts = some_facts()) {
  const auto parsed =
      TextTemplate::parse(text, [](Span, std::string problem, std::string) { ADD_FAILURE() << problem; });
  return parsed ? parsed->render({facts, "one@example.org", {0.9, 0.5}}) : "?";
}

std::string problem_of(const std::string& text) {
  std::string problems;
  const auto parsed = TextTemplate::parse(text, [&](Span where, std::string problem, std::string hint) {
    problems += std::to_string(where.offset) + "+" + std::to_string(where.length) + " " + problem +
                (hint.empty() ? "" : " (" + hint + ")") + "\n";
  });
  EXPECT_FALSE(parsed) << text;
  return problems;
}

TEST(TextTemplate, WritesEachTypeInItsOwnWay) {
  EXPECT_EQ(rendered("{spam} {spam:number} {junk} {size} {size:number} {date.age} {tls} {client.ip}"),
            "97.3% 0.97349 90.0% 12KiB 12345 3h yes 192.0.2.7");
  EXPECT_EQ(rendered("{urls.domains}; {recipient}; {recipients.count}"), "a.example, b.example; one@example.org; 1");
  EXPECT_EQ(rendered("{helo}|{attachments.names}|{spam:percent}"), "||97.3%");
}

TEST(TextTemplate, RoundsDownSoThatNoFigureShowsAThresholdThatWasNotReached) {
  Facts facts;
  facts.set(Fact::Spam, 0.89999);
  EXPECT_EQ(rendered("{spam}", facts), "89.9%");
  EXPECT_EQ(rendered("{spam:number}", facts), "0.89999");
  facts.set(Fact::Spam, 0.8999999);
  EXPECT_EQ(rendered("{spam:number}", facts), "0.89999");
  facts.set(Fact::Spam, 0.9);
  EXPECT_EQ(rendered("{spam}", facts), "90.0%");
}

TEST(TextTemplate, LetsNothingOfTheMailEndALineOrBeginAnEncodedWord) {
  Facts facts;
  facts.set(Fact::Subject, std::string("a\r\nX-Evil: =?utf-8?q?b?= \xC3\xA4\x01"));
  EXPECT_EQ(rendered("<{subject}>", facts),
            "<a  X-Evil: _?utf-8?q?b?= ?"
            "?>");
  facts.set(Fact::Subject, std::string(1000, 'x'));
  EXPECT_EQ(rendered("{subject}", facts), std::string(100, 'x'));
}

TEST(TextTemplate, KeepsDoubledBraces) { EXPECT_EQ(rendered("{{spam}} = {spam}"), "{spam} = 97.3%"); }

TEST(TextTemplate, ReportsEveryProblemAtItsPlace) {
  EXPECT_EQ(problem_of("a {spma} b"), "3+4 unknown fact 'spma' (did you mean 'spam'?)\n");
  EXPECT_EQ(problem_of("{spam:hex} {subject:percent} {size:percent}"),
            "6+3 unknown format 'hex' (there are percent and number)\n"
            "20+7 a text cannot be written as percent\n"
            "35+7 a size cannot be written as percent\n");
  EXPECT_EQ(problem_of("100 } {spam"), "4+1 this brace has no other half (a brace as such is written twice)\n");
  EXPECT_EQ(problem_of("{}"), "0+2 there is no fact between these braces (a brace as such is written twice)\n");
}

}  // namespace
}  // namespace winnow
