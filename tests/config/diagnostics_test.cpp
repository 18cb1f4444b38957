#include "config/diagnostics.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

std::shared_ptr<const SourceText> source(std::string text, std::string name = "a.yaml") {
  return std::make_shared<const SourceText>(SourceText{std::move(name), std::move(text)});
}

TEST(Diagnostics, ShowsPlaceTextHintSourceLineAndCaret) {
  Diagnostics problems;
  problems.error({source("one\n    when: probabilty >= 0.90\n"), 2, 11, 10}, "unknown fact 'probabilty'",
                 "did you mean 'probability'?");
  EXPECT_EQ(problems.to_string(),
            "a.yaml:2:11: error: unknown fact 'probabilty' (did you mean 'probability'?)\n"
            "    2 |     when: probabilty >= 0.90\n"
            "      |           ^~~~~~~~~~\n");
}

TEST(Diagnostics, ShowsAProblemOfTheWholeFileWithoutALine) {
  Diagnostics problems;
  problems.error({source(""), 0, 0, 1}, "cannot be read");
  problems.warning({}, "without any file");
  EXPECT_EQ(problems.to_string(), "a.yaml: error: cannot be read\nwarning: without any file\n");
}

TEST(Diagnostics, OrdersByFileThenByPosition) {
  Diagnostics problems;
  const auto a = source("x\ny\n", "b-first.yaml");
  const auto b = source("x\n", "a-second.yaml");
  problems.error({a, 2, 1, 1}, "three");
  problems.error({b, 1, 1, 1}, "four");
  problems.error({a, 1, 2, 1}, "two");
  problems.error({a, 1, 1, 1}, "one");
  const std::string text = problems.to_string();
  EXPECT_LT(text.find("one"), text.find("two"));
  EXPECT_LT(text.find("two"), text.find("three"));
  EXPECT_LT(text.find("three"), text.find("four"));
}

TEST(Diagnostics, CountsErrorsButNotWarnings) {
  Diagnostics problems;
  problems.warning({}, "w");
  EXPECT_FALSE(problems.has_errors());
  problems.error({}, "e");
  EXPECT_EQ(problems.error_count(), 1u);
  Diagnostics all;
  all.error({}, "before");
  all.append(problems);
  EXPECT_EQ(all.error_count(), 2u);
  EXPECT_EQ(all.entries().size(), 3u);
}

TEST(Diagnostics, ShowsControlCharactersAsQuestionMarksAndTabsAsBlanks) {
  Diagnostics problems;
  problems.error({source("\ta\x1b[31mb\xE2\x80\xAE"
                         "c\xFF\n"),
                  1, 3, 1},
                 "bad \x07 bell");
  EXPECT_EQ(problems.to_string(),
            "a.yaml:1:3: error: bad ? bell\n"
            "    1 |  a?[31mb?c?\n"
            "      |   ^\n");
}

TEST(Diagnostics, PutsTheCaretUnderTheCodePointNotTheByte) {
  Diagnostics problems;
  problems.error({source("\xC3\xA4\xC3\xB6\xC3\xBC x\n"), 1, 5, 1}, "here");
  EXPECT_EQ(problems.to_string(), "a.yaml:1:5: error: here\n    1 | \xC3\xA4\xC3\xB6\xC3\xBC x\n      |     ^\n");
}

TEST(Diagnostics, CutsALongLineAroundTheCaret) {
  Diagnostics problems;
  problems.error({source(std::string(500, 'a') + "HERE" + std::string(500, 'b')), 1, 501, 4}, "long");
  EXPECT_EQ(problems.to_string(), "a.yaml:1:501: error: long\n    1 | ..." + std::string(60, 'a') + "HERE" +
                                      std::string(36, 'b') + "...\n      | " + std::string(63, ' ') + "^~~~\n");
}

TEST(Diagnostics, ClipsAnUnderlineAndAColumnPastTheEndOfTheLine) {
  Diagnostics problems;
  problems.error({source("ab\n"), 1, 2, 99}, "long");
  problems.error({source("ab\n"), 9, 50, 1}, "no such line");
  EXPECT_EQ(problems.to_string(),
            "a.yaml:1:2: error: long\n    1 | ab\n      |  ^\n"
            "a.yaml:9:50: error: no such line\n    9 | \n      | ^\n");
}

TEST(Diagnostics, KeepsAThousandOfEachKindAndCountsTheRest) {
  Diagnostics problems;
  for (int i = 0; i < 1500; ++i) problems.error({}, "same");
  EXPECT_EQ(problems.entries().size(), 1000u);
  EXPECT_EQ(problems.error_count(), 1500u);
  EXPECT_TRUE(problems.to_string().ends_with("error: same\nand 500 more errors\n"));
  for (int i = 0; i < 1001; ++i) problems.warning({}, "doubtful");
  EXPECT_EQ(problems.entries().size(), 2000u);
  EXPECT_TRUE(problems.to_string().ends_with("warning: doubtful\nand 500 more errors and 1 more warning\n"));
}

/// The one error that kept the daemon from starting was the 1501st problem, and shown nowhere.
TEST(Diagnostics, ShowsAnErrorHoweverManyWarningsCameBefore) {
  Diagnostics problems, all;
  for (int i = 0; i < 1500; ++i) problems.warning({}, "doubtful");
  problems.error({}, "no model");
  all.append(problems);
  for (const Diagnostics& each : {problems, all}) {
    EXPECT_EQ(each.error_count(), 1u);
    EXPECT_NE(each.to_string().find("error: no model\n"), std::string::npos);
    EXPECT_EQ(each.rest(), "and 500 more warnings");
  }
}

TEST(DidYouMean, OffersTheNearestWordWhenOneIsNear) {
  const std::vector<std::string> words{"deadline", "on_error", "on_overload", "skip"};
  EXPECT_EQ(did_you_mean("dedline", words), "did you mean 'deadline'?");
  EXPECT_EQ(did_you_mean("on_eror", words), "did you mean 'on_error'?");
  EXPECT_EQ(did_you_mean("sikp", words), "did you mean 'skip'?");
  EXPECT_EQ(did_you_mean("SKIP", words), "did you mean 'skip'?");
  EXPECT_EQ(did_you_mean("on_over", words), "did you mean 'on_overload'?");
  EXPECT_EQ(did_you_mean("colour", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
  EXPECT_EQ(did_you_mean(std::string(100'000, 'd'), words), "");
}

TEST(Diagnostics, CountsEveryErrorOfThoseItAppends) {
  Diagnostics two, all;
  two.error({}, "a");
  two.error({}, "b");
  all.append(two);
  EXPECT_EQ(all.error_count(), 2u);
}

}  // namespace
}  // namespace winnow
