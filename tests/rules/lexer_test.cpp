#include "rules/lexer.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

/// Kinds as letters, values in brackets, spans after '@'.
std::string shown(std::string_view expression) {
  std::string text;
  const auto report = [&](Span where, const std::string& problem, const std::string&) {
    text = "error@" + std::to_string(where.offset) + "+" + std::to_string(where.length) + " " + problem;
  };
  const auto tokens = read_tokens(expression, report);
  if (!tokens) return text;
  for (const Token& token : *tokens) {
    text += "NTnpsdoE"[static_cast<int>(token.kind)];
    const bool numeric = token.kind >= TokenKind::Number && token.kind <= TokenKind::Duration;
    if (token.kind != TokenKind::End) {
      text += "(" + (numeric ? std::to_string(token.number).substr(0, 6) : token.text) + ")";
    }
  }
  return text;
}

TEST(Lexer, ReadsEveryKindOfToken) {
  EXPECT_EQ(shown("spam >= 90%"), "N(spam)o(>=)p(0.9000)E");
  EXPECT_EQ(shown("size<1KiB"), "N(size)o(<)s(1024.0)E");
  EXPECT_EQ(shown("from.domain in my-list"), "N(from.domain)N(in)N(my-list)E");
  EXPECT_EQ(shown("a!=(b)==[c,1.5]"), "N(a)o(!=)o(()N(b)o())o(==)o([)N(c)o(,)n(1.5000)o(])E");
  EXPECT_EQ(shown("date.age>90min"), "N(date.age)o(>)d(5400.0)E");
  EXPECT_EQ(shown(" \t\r\n"), "E");
}

TEST(Lexer, KeepsBackslashesExceptBeforeTheQuote) {
  EXPECT_EQ(shown(R"("a\.b\"c")"), R"(T(a\.b"c)E)");
  EXPECT_EQ(shown(R"('it\'s "x"')"), R"(T(it's "x")E)");
  EXPECT_EQ(shown("\"\""), "T()E");
}

std::string hint_for(std::string_view expression) {
  std::string hint;
  read_tokens(expression, [&](Span, const std::string&, const std::string& given) { hint = given; });
  return hint;
}

TEST(Lexer, HintsAtWhatWordProcessorsMakeOfQuotesAndBlanks) {
  for (const char* quote : {"\u2018", "\u2019", "\u201C", "\u201D", "\u201E", "\u00AB", "\u00BB"}) {
    EXPECT_EQ(hint_for("helo == " + std::string(quote) + "x"), "texts stand in straight quotes") << quote;
  }
  EXPECT_EQ(hint_for("helo\u00A0== \"x\""), "a no-break space; write a plain blank");
}

/// The text went on to the end of the condition, and nothing said why.
TEST(Lexer, SaysWhyATextCannotEndInABackslash) {
  const std::string why =
      "a backslash before the quote gives the quote, so a text cannot end in one; a pattern can, with [\\\\]";
  EXPECT_EQ(shown(R"(subject contains "\")"), "error@17+3 this text has no closing quote");
  EXPECT_EQ(hint_for(R"(subject contains "\")"), why);
  EXPECT_EQ(hint_for(R"(subject contains "\\\\")"), why);
  EXPECT_EQ(hint_for(R"(subject contains 'a\' and tls)"), why);
  EXPECT_EQ(hint_for(R"(subject contains "a)"), "");
  EXPECT_EQ(shown(R"("[\\]")"), R"(T([\\])E)");
}

TEST(Lexer, SaysWhatIsNoToken) {
  EXPECT_EQ(shown("a = b"), "error@2+1 unexpected '='");
  EXPECT_EQ(shown("a \xC3\xA4"), "error@2+2 unexpected '\xC3\xA4'");
  EXPECT_EQ(shown("\"abc"), "error@0+4 this text has no closing quote");
  EXPECT_EQ(shown("1.2.3.4"), "error@0+7 '1.2.3.4' is not a number, percentage, size or duration");
  EXPECT_EQ(shown("5 > 4y"), "error@4+2 '4y' is not a number, percentage, size or duration");
  EXPECT_EQ(shown("a <> b"), "error@2+2 unexpected '<>'");
  EXPECT_EQ(shown("200%"), "error@0+4 a percentage is between 0% and 100%, got '200%'");
}

}  // namespace
}  // namespace winnow
