#include "models/score_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using testing::HasSubstr;

class ScoreFile : public testing::Test {
 protected:
  std::vector<ScoredMail> read(std::string_view text) {
    return read_score_file(folder_.write("scores.tsv", text), problems_);
  }
  test::TempFolder folder_;
  Diagnostics problems_;
};

TEST_F(ScoreFile, ComesBackAsItWasWritten) {
  const std::vector<ScoredMail> mail = {{"x.tar:ham/1.eml", "x", Label::Ham, 0.123456789, 0.25},
                                        {"spam 2", "y", Label::Spam, 1, {}}};
  ASSERT_TRUE(write_score_file(folder_.path() / "s.tsv", mail));
  const std::vector<ScoredMail> back = read_score_file(folder_.path() / "s.tsv", problems_);
  EXPECT_EQ(problems_.to_string(), "");
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].name, "x.tar:ham/1.eml");
  EXPECT_EQ(back[0].corpus, "x");
  EXPECT_EQ(back[0].label, Label::Ham);
  EXPECT_EQ(back[0].probability, 0.123456789);
  EXPECT_EQ(back[0].uncalibrated, 0.25);
  EXPECT_EQ(back[1].label, Label::Spam);
  EXPECT_EQ(back[1].uncalibrated, std::nullopt);
}

TEST_F(ScoreFile, KeepsATabInAFileNameFromMakingAColumn) {
  ASSERT_TRUE(write_score_file(folder_.path() / "s.tsv", {{"a\tb\nc", "x", Label::Ham, 0.5, {}}}));
  const std::vector<ScoredMail> back = read_score_file(folder_.path() / "s.tsv", problems_);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].name, "a b c");
}

TEST_F(ScoreFile, TakesTheScoresOfOtherFiltersWithColumnsOfTheirOwn) {
  const auto mail = read("path\trule\tprobability\tlabel\tcorpus\n1.eml\tBAYES_99\t9.9e-1\tspam\tc\n");
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_EQ(mail[0].probability, 0.99);
}

TEST_F(ScoreFile, RefusesWhatIsNoProbability) {
  const auto mail = read(
      "corpus\tpath\tlabel\tprobability\nc\t1\tham\t1.5\nc\t2\tham\t-0.1\nc\t3\tham\tnan\nc\t4\tham\t\nc\t5\tham\t0."
      "5x\n"
      "c\t6\tham\t0\n");
  EXPECT_EQ(mail.size(), 1u);
  EXPECT_EQ(problems_.error_count(), 5u);
  EXPECT_THAT(problems_.to_string(), HasSubstr("scores.tsv:2:1: error: probability must be a number from 0 to 1"));
}

TEST_F(ScoreFile, RefusesALogitThatIsNoProbability) {
  const auto mail = read("corpus\tpath\tlabel\tprobability\tuncalibrated\nc\t1\tham\t0.5\tabc\nc\t2\tham\t0.5\t\n");
  EXPECT_EQ(mail.size(), 1u);
  EXPECT_THAT(problems_.to_string(), HasSubstr("scores.tsv:2:1: error: uncalibrated must be empty or a number"));
}

TEST_F(ScoreFile, NamesTheColumnItLacks) {
  EXPECT_TRUE(read("corpus\tpath\tlabel\nc\t1\tham\n").empty());
  EXPECT_THAT(problems_.to_string(), HasSubstr("the table of scores has no column 'probability'"));
}

TEST_F(ScoreFile, ReportsAFileThatIsNotThere) {
  EXPECT_TRUE(read_score_file(folder_.path() / "none.tsv", problems_).empty());
  EXPECT_THAT(problems_.to_string(), HasSubstr("none.tsv"));
}

}  // namespace
}  // namespace winnow
