#include "config/text_checks.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(Utf8Length, IsZeroForWhatRfc3629Forbids) {
  EXPECT_EQ(utf8_length_at("a", 0), 1u);
  EXPECT_EQ(utf8_length_at("\xC3\xA4", 0), 2u);
  EXPECT_EQ(utf8_length_at("\xE2\x82\xAC", 0), 3u);
  EXPECT_EQ(utf8_length_at("\xF0\x9F\x98\x80", 0), 4u);
  for (const char* bad :
       {"\xC3", "\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8", "\xFF"}) {
    EXPECT_EQ(utf8_length_at(bad, 0), 0u) << bad;
  }
  EXPECT_EQ(utf8_length_at("a", 1), 0u);
}

TEST(Printable, KeepsTheNumberOfCodePointsAndNothingHarmful) {
  EXPECT_EQ(printable("a\nb\tc\x7F"), "a?b c?");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "?31m");                                             // C1 control: one character, a terminal escape
  EXPECT_EQ(printable("x\xE2\x80\xAEy\xE2\x80\x8Bz"), "x?y?z");  // right-to-left override, zero-width space
  EXPECT_EQ(printable("\xC3\xA4\xF0\x9F\x98\x80"), "\xC3\xA4\xF0\x9F\x98\x80");
}

TEST(QuotedForMessage, CutsLongTexts) {
  EXPECT_EQ(quoted_for_message("abc"), "'abc'");
  EXPECT_EQ(quoted_for_message(std::string(100, 'a')), "'" + std::string(60, 'a') + "...'");
}

TEST(HeaderName, IsPrintableAsciiWithoutBlanksAndColon) {
  EXPECT_TRUE(is_header_name("X-Site"));
  for (const char* bad : {"", "X Site", "X:Site", "X\tSite", "X\nSite", "X-\xC3\xA4"})
    EXPECT_FALSE(is_header_name(bad)) << bad;
  EXPECT_FALSE(is_header_name(std::string(65, 'X')));
}

}  // namespace
}  // namespace winnow
