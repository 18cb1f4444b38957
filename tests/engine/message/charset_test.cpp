// charset_test.cpp - octets of any charset to valid UTF-8.
#include "engine/message/charset.h"

#include <gmock/gmock.h>

namespace winnow {
namespace {

struct Case {
  const char* charset;
  const char* octets;
  const char* text;
};

TEST(Charset, DecodesTheCharsetsOfMail) {
  const Case cases[] = {
      {"utf-8", "\xC3\xA4", "ä"},         {"UTF8", "\xC3\xA4", "ä"},
      {"iso-8859-1", "\xE4", "ä"},        {"windows-1252", "\x80", "€"},
      {"iso-8859-1", "\x93", "“"},        {"koi8-r", "\xC4\xC1", "да"},
      {"windows-1251", "\xE4\xE0", "да"}, {"gb2312", "\xC4\xE3\xBA\xC3", "你好"},
      {"shift_jis", "\x93\xFA", "日"},    {"iso-2022-jp", "\x1B$BF|\x1B(B", "日"},
      {"big5", "\xA7\x41", "你"},         {"euc-kr", "\xB0\xA1", "가"},
      {"\"utf-8\"", "\xC3\xA4", "ä"},
  };
  for (const Case& c : cases) {
    std::size_t repairs = 0;
    EXPECT_EQ(to_utf8(c.octets, c.charset, repairs), c.text) << c.charset;
    EXPECT_EQ(repairs, 0U) << c.charset;
  }
}

TEST(Charset, GuessesUtf8ThenWindows1252WhenItIsUnknown) {
  std::size_t repairs = 0;
  EXPECT_EQ(to_utf8("\xC3\xA4", "x-nonsense", repairs), "ä");
  EXPECT_EQ(repairs, 0U);
  EXPECT_EQ(to_utf8("\xE4", "", repairs), "ä");
  EXPECT_EQ(repairs, 1U);
}

TEST(Charset, RepairsAndCountsWhatIsNotUtf8) {
  for (const char* octets : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE4\xB8"}) {
    std::size_t repairs = 0;
    const std::string text = repair_utf8(octets, repairs);
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_GE(repairs, 1U);
  }
}

TEST(Charset, DropsNul) {
  std::size_t repairs = 0;
  EXPECT_EQ(to_utf8(std::string_view("a\0b", 3), "us-ascii", repairs), "ab");
  EXPECT_EQ(to_utf8(std::string_view("a\0\xE4", 3), "iso-8859-1", repairs), "aä");
  EXPECT_EQ(to_utf8(std::string_view("a\0b\0", 4), "utf-16le", repairs), "ab");
}

TEST(Charset, CutsOnlyBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("aä", 2), "a");
  EXPECT_EQ(utf8_prefix("aä", 3), "aä");
  EXPECT_EQ(utf8_prefix("日本", 5), "日");
}

TEST(Charset, ReadsBackTheCodePointsItAppends) {
  for (const char32_t c : {U'a', U'ä', U'日', U'\U0001F600'}) {
    std::string text;
    append_utf8(text, c);
    std::size_t at = 0;
    EXPECT_EQ(next_code_point(text, at), c);
    EXPECT_EQ(at, text.size());
  }
  std::string text;
  append_utf8(text, 0xD800);
  EXPECT_EQ(text, "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace winnow
