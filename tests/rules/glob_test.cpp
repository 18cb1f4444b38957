#include "rules/glob.h"

#include <gtest/gtest.h>

#include <random>

namespace winnow {
namespace {

TEST(Glob, FitsTheWholeText) {
  struct Case {
    const char* pattern;
    std::vector<const char*> fitting, others;
  };
  const std::vector<Case> cases{
      {"a*c", {"ac", "abc", "AXXC"}, {"", "abcd", "xac", "a"}},
      {"*abc*xyz*", {"abcxyz", "1abc2xyz3"}, {"abxyz", "xyzabc", "abcxy"}},
      {"*ab", {"ab", "abab", "xab"}, {"aba", "b"}},
      {"a?c",
       {"abc", "a.c",
        "a\xC3\xA4"
        "c"},
       {"ac", "abbc"}},
      {"*?", {"a", "ab", "\xC3\xA4"}, {""}},
      {"*a?", {"ab", "aab", "xaa\xC3\xA4"}, {"a", "ba"}},
      {"**", {"", "a"}, {}},
      {"plain", {"PLAIN"}, {"plains", "plai"}},
  };
  for (const Case& one : cases) {
    const Glob glob(one.pattern);
    for (const char* text : one.fitting) EXPECT_TRUE(glob.fits(GlobText(text))) << one.pattern << " " << text;
    for (const char* text : one.others) EXPECT_FALSE(glob.fits(GlobText(text))) << one.pattern << " " << text;
  }
}

TEST(Glob, IsNotAskedAboutTextsOfAbsurdLength) {
  EXPECT_TRUE(Glob("*a").fits(GlobText(std::string(kMaxGlobTextBytes, 'a'))));
  EXPECT_FALSE(Glob("*a").fits(GlobText(std::string(kMaxGlobTextBytes + 1, 'a'))));
}

TEST(Glob, MayBeLongerThanAnyText) {
  for (const std::size_t length : {62, 63, 64, 65, 127, 128, 129, 1024}) {
    const std::string text(length, 'a');
    for (const std::string& pattern : {text, "*" + text, std::string(length, '?'), text + "*", "a*" + text.substr(1)}) {
      EXPECT_TRUE(Glob(pattern).fits(GlobText(text))) << pattern;
      EXPECT_FALSE(Glob(pattern).fits(GlobText(text.substr(1)))) << pattern;
      EXPECT_FALSE(Glob(pattern).fits(GlobText("b" + text.substr(1) + "b"))) << pattern;
    }
  }
  EXPECT_FALSE(Glob(std::string(1025, 'a')).fits(GlobText(std::string(1024, 'a'))));
}

/// A '*' ended within a letter, whose last byte was then a character of its own.
TEST(Glob, CountsAByteByItselfOnlyWhereItIsNoUtf8) {
  EXPECT_FALSE(Glob("*??").fits(GlobText("\xE2\x82\xAC")));
  EXPECT_TRUE(Glob("*??").fits(GlobText("\xE2\x82\xAC\xC3\xA4")));
  EXPECT_TRUE(Glob("???").fits(GlobText("a\x82\xFF")));
  EXPECT_FALSE(Glob("??").fits(GlobText("a\x82\xFF")));
}

/// Whether the pattern fits, told the slow way.
bool fits_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return fits_slowly(pattern.substr(1), text) || (!text.empty() && fits_slowly(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         fits_slowly(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithItsDefinition) {
  std::mt19937 random(7);
  const auto drawn = [&](std::string_view letters, std::size_t most) {
    std::string text(std::uniform_int_distribution<std::size_t>(0, most)(random), ' ');
    for (char& c : text) c = letters[std::uniform_int_distribution<std::size_t>(0, letters.size() - 1)(random)];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string pattern = drawn("aab?*", 8), text = drawn("aab", 10);
    ASSERT_EQ(Glob(pattern).fits(GlobText(text)), fits_slowly(pattern, text)) << pattern << " " << text;
  }
}

/// Piece by piece and place by place this took a minute: a message's names outlasted its deadline.
TEST(Glob, ReadsATextOnceWhateverItHolds) {
  std::string pattern = "*";
  for (int i = 0; i < 30; ++i) pattern += "?a";
  const Glob glob(pattern + "b");
  const std::string text(900, 'a');
  for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(glob.fits(GlobText(text)));
}

}  // namespace
}  // namespace winnow
