#include "milter/header_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace winnow {
namespace {

TEST(HeaderText, AcceptsOnlyFieldNamesOfTheStandard) {
  for (const char* name : {"Subject", "X-Winnow-Flag", "a"}) EXPECT_TRUE(is_field_name(name)) << name;
  for (const char* name : {"", "Two Words", "Colon:", "New\nLine", "\xc3\xa9"})
    EXPECT_FALSE(is_field_name(name)) << name;
  EXPECT_FALSE(is_field_name(std::string(100, 'x')));
}

TEST(HeaderText, PlainLineLetsNothingButPrintableAsciiPass) {
  EXPECT_EQ(plain_line(std::string_view("a\r\nb\0c\x7f\xc3\xa9", 9), 100), "a??b?c???");
  EXPECT_EQ(plain_line("abcdef", 3), "abc");
}

TEST(HeaderText, HeaderValueTurnsControlsIntoBlanks) {
  EXPECT_EQ(header_value("one\r\nX-Evil: two"), "one  X-Evil: two");
  EXPECT_EQ(header_value("plain, with (all) <signs>"), "plain, with (all) <signs>");
}

TEST(HeaderText, HeaderValueEncodesWhatIsNotAscii) {
  EXPECT_EQ(header_value("Verdächtig"), "=?UTF-8?B?VmVyZMOkY2h0aWc=?=");
}

TEST(HeaderText, EncodedWordsSplitBetweenCharactersAndStayShort) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xe6\xbc\xa2";  // three octets each, so 45 octets end between two
  text = "x" + text;                                    // ... and now they would not
  const std::string encoded = header_value(text);
  std::size_t start = 0;
  for (std::size_t end = 0; end != std::string::npos; start = end + 1) {
    end = encoded.find(' ', start);
    const std::string one = encoded.substr(start, end == std::string::npos ? end : end - start);
    EXPECT_LE(one.size(), 75u);
    EXPECT_TRUE(one.starts_with("=?UTF-8?B?") && one.ends_with("?=")) << one;
    if (end == std::string::npos) break;
  }
  EXPECT_TRUE(encoded.starts_with("=?UTF-8?B?eOa8oua8ouaR") || encoded.starts_with("=?UTF-8?B?eOa8o")) << encoded;
}

TEST(HeaderText, TakesWordsOfMailWithoutWhatCouldEndAKeyOrDeceive) {
  EXPECT_EQ(mail_words("text word \"pills\"", 80), "text word \"pills\"");
  EXPECT_EQ(mail_words("a\r\nX-Evil: 1; verdict=accept", 80), "a??X-Evil: 1, verdict_accept");
  EXPECT_EQ(mail_words("=?UTF-8?B?eA==?=", 80), "_?UTF-8?B?eA__?_");
  EXPECT_EQ(mail_words(std::string_view("a\0b", 3), 80).find('\0'), std::string::npos);
  EXPECT_EQ(mail_words("abcdefgh", 4), "abcd...");
}

TEST(HeaderText, EncodesForeignWordsOfMailTogetherAndTheOthersNot) {
  EXPECT_EQ(mail_words("text pair \"\xD0\xB6 \xD0\xB6\" found", 80), "text pair =?UTF-8?B?ItC2INC2Ig==?= found");
  EXPECT_EQ(mail_words("\xE2\x80\xAE"
                       "x",
                       80),
            "?x")
      << "a character that turns the direction of text";
  EXPECT_EQ(mail_words("\xFF", 80), "=?UTF-8?B?77+9?=") << "an octet that is no UTF-8";
  EXPECT_EQ(mail_words("ab\xD0\xB6", 3), "ab...") << "cut inside a character";
}

TEST(HeaderText, FoldsAtBlanksBeforeTheColumnIsFull) {
  const std::string value = folded("X-Winnow",
                                   "verdict=junk; probability=0.9731; rule=junk; model=default-2026-11; "
                                   "reasons=hidden text beside the visible (+1.1), disguised words");
  EXPECT_EQ(value,
            "verdict=junk; probability=0.9731; rule=junk;\n"
            "\tmodel=default-2026-11; reasons=hidden text beside the visible\n"
            "\t(+1.1), disguised words");
}

TEST(HeaderText, CutsWordsThatNoLineCouldHold) {
  const std::string value = folded(std::string(99, 'N'), std::string(5000, 'w'));
  std::size_t start = 0;
  std::size_t longest = 99 + 2 + value.find('\n');
  while ((start = value.find('\n', start)) != std::string::npos) {
    const std::size_t end = std::min(value.find('\n', start + 1), value.size());
    longest = std::max(longest, end - start - 1);
    start = end;
  }
  EXPECT_LT(longest, 998u);
  std::string joined = value;
  std::erase_if(joined, [](char c) { return c == '\n' || c == '\t'; });
  EXPECT_EQ(joined, std::string(5000, 'w'));
}

TEST(HeaderText, KeptValueKeepsFoldsAndNothingElseThatBreaksLines) {
  EXPECT_EQ(kept_value("one\r\n\ttwo"), "one\n\ttwo");
  EXPECT_EQ(kept_value("one\nX-Evil: two"), "one X-Evil: two");
  EXPECT_EQ(kept_value("one\rtwo\n"), "onetwo ");
  EXPECT_EQ(kept_value(std::string_view("a\0b", 3)), "ab");
}

TEST(HeaderText, EncodedWordsEndBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 15; ++i) text += "\xe6\xbc\xa2";  // 46 octets: the 45th is inside of a character
  const std::string encoded = header_value(text);
  EXPECT_TRUE(encoded.ends_with(" =?UTF-8?B?5ryi?=")) << encoded;  // the whole character and nothing before it
}

}  // namespace
}  // namespace winnow
