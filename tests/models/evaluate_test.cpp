#include "models/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace winnow {
namespace {

std::vector<ScoredMail> mail(const std::string& corpus, const std::vector<double>& spam,
                             const std::vector<double>& ham) {
  std::vector<ScoredMail> all;
  for (const double p : spam) all.push_back({"", corpus, Label::Spam, p});
  for (const double p : ham) all.push_back({"", corpus, Label::Ham, p});
  return all;
}

TEST(Evaluate, AgreesWithFiguresWorkedOutByHand) {
  // Pairs: 0.9 wins both, each 0.8 ties once and wins once: 2 + 2 * 1.5 = 5 of 6.
  const Evaluation figures = evaluate(mail("", {0.9, 0.8, 0.8}, {0.8, 0.1}));
  EXPECT_EQ(figures.spam, 3u);
  EXPECT_EQ(figures.ham, 2u);
  EXPECT_NEAR(figures.auc, 5.0 / 6, 1e-12);
  EXPECT_NEAR(figures.one_minus_auc, 1.0 / 6, 1e-12);
  EXPECT_NEAR(figures.recall_at_fpr_1, 1.0 / 3, 1e-12);  // the next threshold, 0.8, takes half of the ham
  EXPECT_NEAR(figures.recall_50, 1.0, 1e-12);
  EXPECT_NEAR(figures.fpr_50, 0.5, 1e-12);
  EXPECT_NEAR(figures.recall_90, 1.0 / 3, 1e-12);
  EXPECT_NEAR(figures.fpr_90, 0.0, 1e-12);
  EXPECT_NEAR(figures.brier, (0.01 + 0.04 + 0.04 + 0.64 + 0.01) / 5, 1e-12);
  // Bins {0.9}, {0.8 0.8 0.8}, {0.1}: 0.1 + |2 - 2.4| + 0.1, over 5 messages.
  EXPECT_NEAR(figures.ece, 0.12, 1e-12);
}

TEST(Evaluate, TakesRecallAtTheLastThresholdWithinTheFalsePositiveRate) {
  // 1000 ham, one at 0.95 and one at 0.85: 0.1 % allows one of them, 0.5 % both.
  std::vector<double> ham(998, 0.01);
  ham.insert(ham.end(), {0.95, 0.85});
  const Evaluation figures = evaluate(mail("", {0.99, 0.9, 0.8, 0.005}, ham));
  EXPECT_NEAR(figures.recall_at_fpr_01, 0.5, 1e-12);
  EXPECT_NEAR(figures.recall_at_fpr_05, 0.75, 1e-12);
  EXPECT_NEAR(figures.recall_at_fpr_1, 0.75, 1e-12);
}

TEST(Evaluate, IsPerfectForPerfectProbabilities) {
  const Evaluation figures = evaluate(mail("", {1, 1, 1}, {0, 0}));
  EXPECT_EQ(figures.one_minus_auc, 0);
  EXPECT_EQ(figures.recall_at_fpr_01, 1);
  EXPECT_EQ(figures.ece, 0);
  EXPECT_EQ(figures.brier, 0);
}

TEST(Evaluate, GivesHalfForAConstantAndAllOfItsErrorInOneBin) {
  const Evaluation figures = evaluate(mail("", {0.7, 0.7}, {0.7, 0.7}));
  EXPECT_NEAR(figures.auc, 0.5, 1e-12);
  EXPECT_NEAR(figures.ece, 0.2, 1e-12);
}

TEST(Evaluate, CutsThirtyMessagesIntoFifteenBinsOfTwo) {
  // Every bin holds one spam and one ham at 0.02 * i apart: each bin's gap is |0.5 - mean probability|.
  std::vector<ScoredMail> all;
  double expected = 0;
  for (int bin = 0; bin < 15; ++bin) {
    const double low = 0.04 * bin + 0.1, high = low + 0.02;
    all.push_back({"", "", Label::Spam, low});
    all.push_back({"", "", Label::Ham, high});
    expected += std::abs(0.5 - (low + high) / 2) / 15;
  }
  EXPECT_NEAR(evaluate(all).ece, expected, 1e-12);
}

TEST(Evaluate, HasNoFiguresThatNeedAMissingLabel) {
  const Evaluation figures = evaluate(mail("", {}, {0.6, 0.2}));
  EXPECT_TRUE(std::isnan(figures.auc));
  EXPECT_TRUE(std::isnan(figures.recall_50));
  EXPECT_TRUE(std::isnan(figures.recall_at_fpr_01));
  EXPECT_NEAR(figures.fpr_50, 0.5, 1e-12);
  EXPECT_NEAR(figures.brier, (0.36 + 0.04) / 2, 1e-12);
  EXPECT_TRUE(std::isnan(evaluate({}).ece));
}

class EvaluationText : public testing::Test {
 protected:
  EvaluationText() {
    std::vector<ScoredMail> all = mail("a", {0.9, 0.3}, {0.2});
    const std::vector<ScoredMail> only_ham = mail("b", {}, {0.95});
    all.insert(all.end(), only_ham.begin(), only_ham.end());
    figures_ = evaluate_by_corpus(all);
  }
  std::map<std::string, Evaluation> figures_;
};

TEST_F(EvaluationText, HasARowPerCorpusAndAllTogetherLast) {
  const std::string table = evaluation_table(figures_);
  std::vector<std::string> starts;
  std::size_t width = 0;
  for (std::size_t at = 0; at < table.size(); at = table.find('\n', at) + 1) {
    const std::string line = table.substr(at, table.find('\n', at) - at);
    if (width == 0) width = line.size();
    EXPECT_EQ(line.size(), width) << line;
    starts.push_back(line.substr(0, 5));
  }
  EXPECT_THAT(starts, testing::ElementsAre("| cor", "| ---", "| a  ", "| b  ", "| all"));
}

TEST_F(EvaluationText, ShowsPercentagesAndADashWhereThereIsNoFigure) {
  const std::string table = evaluation_table(figures_);
  EXPECT_THAT(table, testing::ContainsRegex("\\| a +\\| +1 \\| +2 \\| +0.000 \\|"));
  EXPECT_THAT(table, testing::ContainsRegex("\\| b +\\| +1 \\| +0 \\| +- \\|"));
  EXPECT_THAT(table, testing::ContainsRegex("\\| all +\\| +2 \\| +2 \\| +50.000 \\|"));
}

// A terminal obeys U+009B.
TEST_F(EvaluationText, WritesNamesOfCorporaInAsciiOnly) {
  EXPECT_NE(evaluation_json({{"a\u009b1m", figures_["a"]}}).find("a\\u009b1m"), std::string::npos);
}

TEST_F(EvaluationText, GivesTheSameFiguresAsJsonWithNullWhereThereIsNone) {
  const nlohmann::json json = nlohmann::json::parse(evaluation_json(figures_));
  EXPECT_EQ(json["corpora"].size(), 2u);
  EXPECT_EQ(json["corpora"]["a"]["auc"], 1.0);
  EXPECT_EQ(json["corpora"]["a"]["spam"], 2);
  EXPECT_TRUE(json["corpora"]["b"]["auc"].is_null());
  EXPECT_EQ(json["corpora"]["b"]["fpr_90"], 1.0);
  EXPECT_NEAR(json["all"]["one_minus_auc"].get<double>(), 0.5, 1e-12);
}

}  // namespace
}  // namespace winnow
