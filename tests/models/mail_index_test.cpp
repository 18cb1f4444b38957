#include "models/mail_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using testing::HasSubstr;
using testing::Not;

class MailIndex : public testing::Test {
 protected:
  std::string problems_of(std::string_view text) {
    rows_ = 0;
    Diagnostics problems;
    const auto corpora = read_mail_index(folder_.write("index.tsv", text), {}, problems);
    if (corpora)
      for (const IndexedCorpus& corpus : *corpora) rows_ += corpus.rows.size();
    return problems.to_string();
  }
  test::TempFolder folder_;
  std::size_t rows_ = 0;
};

TEST_F(MailIndex, TakesColumnsInAnyOrderAndCarriageReturns) {
  EXPECT_EQ(problems_of("label\tnote\tpath\tcorpus\r\nspam\tx\t1.eml\tc\r\n"), "");
  EXPECT_EQ(rows_, 1u);
}

TEST_F(MailIndex, NamesTheColumnItLacks) {
  EXPECT_THAT(problems_of("corpus\tpath\nc\tp\n"), HasSubstr("index.tsv:1:1: error: the index has no column 'label'"));
}

TEST_F(MailIndex, LocatesWrongLinesAndReadsTheOthers) {
  const std::string problems = problems_of("corpus\tpath\tlabel\nc\t1\tham\nc\t2\tspma\nc\t3\nc\t4\tspam\n");
  EXPECT_THAT(problems, HasSubstr("index.tsv:3:1: error: label must be ham, spam or phishing"));
  EXPECT_THAT(problems, HasSubstr("index.tsv:4:1: error: 3 fields expected, found 2"));
  EXPECT_EQ(rows_, 2u);
}

// A folder gave such mail twice and a tar once.
TEST_F(MailIndex, RefusesAPathThatIsNamedTwice) {
  const std::string problems = problems_of("corpus\tpath\tlabel\nc\t1\tham\nd\t1\tham\nc\t./1\tham\n./c\t1\tham\n");
  EXPECT_THAT(problems, HasSubstr("index.tsv:4:1: error: path is named a second time"));
  EXPECT_THAT(problems, HasSubstr("index.tsv:5:1: error: path is named a second time"));
  EXPECT_EQ(rows_, 2u);
}

TEST_F(MailIndex, ReportsAnIndexThatIsAFolder) {
  Diagnostics problems;
  EXPECT_FALSE(read_mail_index(folder_.path(), {}, problems));
  EXPECT_THAT(problems.to_string(), HasSubstr("the index cannot be read: not a regular file"));
}

TEST_F(MailIndex, TakesOnlyMailFromWithinTheDates) {
  Diagnostics problems;
  const auto file = folder_.write("index.tsv",
                                  "corpus\tpath\tlabel\tdate\nc\told\tham\t2020-12-31T23:59:59Z\n"
                                  "c\tfirst\tham\t2021-01-01T00:00:00Z\nc\tnew\tham\t2022-05-01T08:00:00Z\n"
                                  "c\tundated\tham\t-\n");
  const auto paths_within = [&](const std::string& before, const std::string& after) {
    std::vector<std::string> paths;
    const auto corpora = read_mail_index(file, {.before = before, .after = after}, problems);
    for (const IndexedCorpus& corpus : corpora.value())
      for (const IndexRow& row : corpus.rows) paths.push_back(row.path);
    return paths;
  };
  EXPECT_THAT(paths_within("2021-01-01", ""), testing::ElementsAre("old"));
  EXPECT_THAT(paths_within("", "2021-01-01"), testing::ElementsAre("first", "new"));
  EXPECT_THAT(paths_within("2022-01-01", "2021-01-01"), testing::ElementsAre("first"));
  EXPECT_THAT(paths_within("", ""), testing::ElementsAre("old", "first", "new", "undated"));
}

TEST_F(MailIndex, RefusesPathsThatLeadOutOfTheCollection) {
  const std::string problems =
      problems_of("corpus\tpath\tlabel\nc\t../x\tham\n..\tx\tham\nc\t/etc/passwd\tham\nc\ta/../../x\tham\nc\t\tham\n");
  EXPECT_EQ(rows_, 0u);
  EXPECT_THAT(problems, HasSubstr("index.tsv:2:1"));
  EXPECT_THAT(problems, HasSubstr("index.tsv:6:1"));
}

TEST_F(MailIndex, ShowsTheFirstProblemsOfManyAndCountsTheRest) {
  std::string text = "corpus\tpath\tlabel\n";
  for (int i = 0; i < 50; ++i) text += "c\tp\tx\n";
  const std::string problems = problems_of(text);
  EXPECT_THAT(problems, HasSubstr("30 more lines are wrong"));
  EXPECT_THAT(problems, Not(HasSubstr("index.tsv:22:1")));
}

TEST_F(MailIndex, ReportsAnEmptyFile) {
  Diagnostics problems;
  EXPECT_FALSE(read_mail_index(folder_.write("index.tsv", ""), {}, problems));
  EXPECT_EQ(problems.error_count(), 1u);
}

}  // namespace
}  // namespace winnow
