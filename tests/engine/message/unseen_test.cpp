// unseen_test.cpp - long runs of characters that show nothing.
#include "engine/message/unseen.h"

#include <gmock/gmock.h>

#include <string>

#include "engine/message/html_text.h"
#include "engine/message/message.h"

namespace winnow {
namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

TEST(BlankRuns, StayAsTheyAreWhereTheyAreShort) {
  for (const std::string& text :
       {std::string("a\u200Bb \u00A0\u00A0 c\n"), repeat("\u200C\u00A0", 30) + "x", std::string(1000, ' ') + "\n\n\t",
        repeat("\u4E2D\u6587", 500), repeat("a\u00AD", 500)}) {
    EXPECT_EQ(without_long_blanks(text), text);
  }
}

TEST(BlankRuns, AreCutWhereTheyAreLong) {
  EXPECT_EQ(count(without_long_blanks("a" + repeat("\u200B", 1000) + "b"), "\u200B"), 64U);
  EXPECT_EQ(count(without_long_blanks(repeat("\u200B \n\u00A0", 1000) + "b"), "\u200B"), 32U);
  EXPECT_EQ(count(without_long_blanks(repeat("\u200B", 60) + "x" + repeat("\u200B", 60)), "\u200B"), 120U);
}

/// 90,000 characters of no width before the text used up all room for it.
TEST(BlankRuns, DoNotUseUpTheTextOfAMail) {
  const std::string zeros = repeat("\u200B", 90000);
  for (const std::string& text : {zeros, repeat(zeros.substr(0, 300) + " ", 1000)}) {
    const std::string raw = "Content-Type: text/plain; charset=utf-8\n\nHi Joe\n" + text + "\nlast words\n";
    EXPECT_THAT(read_message(mail_from_bytes(raw, raw.size())).text, testing::HasSubstr("last words"));
    EXPECT_THAT(read_html("<p>Hi Joe<p>" + text + "<p>last words", {}).visible, testing::HasSubstr("last words"));
    EXPECT_THAT(read_html("<p>Hi<p hidden>" + text + "<p hidden>last words", {}).hidden,
                testing::HasSubstr("last words"));
  }
}

TEST(BlankRuns, LeaveNoBlanksBehindThatUseUpTheText) {
  const HtmlText read = read_html("<p>hello " + repeat("\x01 ", 262'144) + "seen</p>", {});
  EXPECT_NE(read.visible.find("seen"), std::string::npos);
  EXPECT_FALSE(read.cut);
}

TEST(BlankRuns, OfAPartThatIsReadWholeCutNothing) {
  const std::string raw = "Content-Type: text/plain; charset=utf-8\n\n" + repeat("\u200B", 90'000) + "seen\n";
  const Message message = read_message(mail_from_bytes(raw, raw.size()));
  EXPECT_THAT(message.text, testing::HasSubstr("seen"));
  EXPECT_FALSE(message.shape.limits_hit);
}

TEST(BlankRuns, AreCutAcrossTags) {
  const HtmlText result = read_html(repeat("<b>&#8203;</b>", 1000) + "text", {});
  EXPECT_EQ(count(result.visible, "\u200B"), 64U);
  EXPECT_THAT(result.visible, testing::EndsWith("text"));
}

}  // namespace
}  // namespace winnow
