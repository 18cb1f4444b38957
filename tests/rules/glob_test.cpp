#include "rules/glob.h"

#include <gtest/gtest.h>

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
      {"a?c", {"abc", "a.c", "a\xC3\xA4" "c"}, {"ac", "abbc"}},
      {"*?", {"a", "ab", "\xC3\xA4"}, {""}},
      {"*a?", {"ab", "aab", "xaa\xC3\xA4"}, {"a", "ba"}},
      {"**", {"", "a"}, {}},
      {"plain", {"PLAIN"}, {"plains", "plai"}},
  };
  for (const Case& one : cases) {
    const Glob glob(one.pattern);
    for (const char* text : one.fitting) EXPECT_TRUE(glob.fits(text)) << one.pattern << " " << text;
    for (const char* text : one.others) EXPECT_FALSE(glob.fits(text)) << one.pattern << " " << text;
  }
}

TEST(Glob, IsNotAskedAboutTextsOfAbsurdLength) {
  EXPECT_TRUE(Glob("*a").fits(std::string(kMaxGlobTextBytes, 'a')));
  EXPECT_FALSE(Glob("*a").fits(std::string(kMaxGlobTextBytes + 1, 'a')));
}

}  // namespace
}  // namespace winnow
