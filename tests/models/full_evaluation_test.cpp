#include "models/full_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace winnow {
namespace {

using testing::HasSubstr;

ScoredMail scored(const std::string& corpus, Label label, double probability, std::optional<double> uncalibrated = {}) {
  return {"", corpus, label, probability, uncalibrated};
}

/// Spam mostly above ham, with some of both in the wrong half.
std::vector<ScoredMail> overlapping_mail(int of_each) {
  std::vector<ScoredMail> mail;
  for (int i = 0; i < of_each; ++i) {
    const double at = (i + 0.5) / of_each;
    mail.push_back(scored("a", Label::Spam, 1 - 0.7 * at));
    mail.push_back(scored("a", Label::Ham, 0.6 * at));
  }
  return mail;
}

TEST(BootstrapIntervals, EncloseTheFigureOfTheMail) {
  const std::vector<ScoredMail> mail = overlapping_mail(100);
  const Evaluation figures = evaluate(mail);
  const Intervals intervals = bootstrap_intervals(mail, {});
  EXPECT_EQ(intervals.resamples, 1000u);
  for (double Evaluation::*figure : {&Evaluation::auc, &Evaluation::one_minus_auc, &Evaluation::recall_50,
                                     &Evaluation::fpr_50, &Evaluation::recall_90, &Evaluation::brier}) {
    EXPECT_LT(intervals.low.*figure, figures.*figure);
    EXPECT_GT(intervals.high.*figure, figures.*figure);
  }
}

TEST(BootstrapIntervals, AreAsWideAsTheBinomialDistributionSays) {
  // Recall at 0.5 of 400 spam, 300 of them above: standard error sqrt(0.75 * 0.25 / 400) = 0.0217.
  std::vector<ScoredMail> mail;
  for (int i = 0; i < 400; ++i) mail.push_back(scored("", Label::Spam, i < 300 ? 0.9 : 0.1));
  const Intervals intervals = bootstrap_intervals(mail, {});
  EXPECT_NEAR(intervals.low.recall_50, 0.75 - 1.96 * 0.0217, 0.006);
  EXPECT_NEAR(intervals.high.recall_50, 0.75 + 1.96 * 0.0217, 0.006);
}

TEST(BootstrapIntervals, AreTheSameForTheSameSeedAndOthersForAnother) {
  const std::vector<ScoredMail> mail = overlapping_mail(50);
  const Intervals first = bootstrap_intervals(mail, {}), again = bootstrap_intervals(mail, {});
  const Intervals other = bootstrap_intervals(mail, {.seed = 2});
  EXPECT_EQ(first.low.brier, again.low.brier);
  EXPECT_EQ(first.high.auc, again.high.auc);
  EXPECT_NE(first.low.brier, other.low.brier);
}

TEST(BootstrapIntervals, KeepTheShareOfSpamInEachResample) {
  // All ham at 0, all spam at 1: nothing about the figures may vary, whatever is drawn.
  std::vector<ScoredMail> mail = {scored("", Label::Spam, 1)};
  for (int i = 0; i < 20; ++i) mail.push_back(scored("", Label::Ham, 0));
  const Intervals intervals = bootstrap_intervals(mail, {});
  EXPECT_EQ(intervals.low.auc, 1);
  EXPECT_EQ(intervals.high.ece, 0);
  EXPECT_EQ(intervals.low.spam, 1u);
}

TEST(BootstrapIntervals, AreUnknownWhereTheFigureIs) {
  const Intervals intervals = bootstrap_intervals({scored("", Label::Ham, 0.6), scored("", Label::Ham, 0.2)}, {});
  EXPECT_TRUE(std::isnan(intervals.low.auc));
  EXPECT_TRUE(std::isnan(intervals.high.recall_50));
  EXPECT_EQ(intervals.high.fpr_50, 1);
}

TEST(FullEvaluation, CountsWhatEachThresholdTakes) {
  const auto by_corpus = evaluate_in_full(
      {scored("a", Label::Spam, 0.97), scored("a", Label::Spam, 0.4), scored("a", Label::Ham, 0.405)}, {});
  const std::vector<AtThreshold>& thresholds = by_corpus.at("a").thresholds;
  ASSERT_EQ(thresholds.size(), 99u);
  EXPECT_EQ(thresholds[0].threshold, 0.01);
  EXPECT_EQ(thresholds[39].recall, 1);  // 40 %
  EXPECT_EQ(thresholds[39].fpr, 1);
  EXPECT_EQ(thresholds[40].recall, 0.5);  // 41 %
  EXPECT_EQ(thresholds[40].fpr, 0);
  EXPECT_EQ(thresholds[96].recall, 0.5);
  EXPECT_EQ(thresholds[97].recall, 0);
}

TEST(FullEvaluation, ShowsTheErrorBeforeAndAfterCalibration) {
  const auto by_corpus =
      evaluate_in_full({scored("a", Label::Spam, 0.8, 0.6), scored("a", Label::Ham, 0.1, 0.3)}, {.prior = 0.5});
  ASSERT_TRUE(by_corpus.at("a").calibration.has_value());
  const CalibrationEffect& effect = *by_corpus.at("a").calibration;
  EXPECT_NEAR(effect.before.brier, (0.16 + 0.09) / 2, 1e-12);
  EXPECT_NEAR(effect.after.brier, (0.04 + 0.01) / 2, 1e-12);
  EXPECT_NEAR(effect.before.ece, (0.4 + 0.3) / 2, 1e-12);
  EXPECT_NEAR(effect.at_own_prior.brier, effect.after.brier, 1e-12) << "half of this mail is spam, as the prior says";
}

TEST(FullEvaluation, ShiftsToTheShareOfSpamThatTheMailHas) {
  // 1 spam of 9, all said to be 0.5 for a prior of 0.5. With half a message of each label added, 1.5 of 10 are spam.
  std::vector<ScoredMail> mail(8, scored("a", Label::Ham, 0.5, 0.5));
  mail.push_back(scored("a", Label::Spam, 0.5, 0.5));
  const auto by_corpus = evaluate_in_full(mail, {.prior = 0.5});
  const CalibrationEffect& effect = *by_corpus.at("a").calibration;
  EXPECT_NEAR(effect.after.ece, 0.5 - 1.0 / 9, 1e-12);
  EXPECT_NEAR(effect.at_own_prior.ece, 0.15 - 1.0 / 9, 1e-12);
}

TEST(FullEvaluation, SaysNothingOfCalibrationWithoutLogits) {
  const auto by_corpus = evaluate_in_full({scored("a", Label::Spam, 0.8), scored("a", Label::Ham, 0.1, 0.3)}, {});
  EXPECT_FALSE(by_corpus.at("a").calibration.has_value());
  EXPECT_EQ(calibration_table(by_corpus), "");
}

class FullEvaluationText : public testing::Test {
 protected:
  FullEvaluationText() {
    std::vector<ScoredMail> mail = overlapping_mail(20);
    for (ScoredMail& one : mail) one.uncalibrated = one.probability;
    mail.push_back(scored("b", Label::Ham, 0.95, 0.9));
    by_corpus_ = evaluate_in_full(mail, {.prior = 0.5});
  }
  std::map<std::string, FullEvaluation> by_corpus_;
};

TEST_F(FullEvaluationText, HasTheIntervalsBelowEachRow) {
  const std::string table = full_evaluation_table(by_corpus_);
  EXPECT_THAT(table, testing::ContainsRegex("\\| a .*\n\\|   95 % of resamples \\|.*[0-9]\\.\\.[0-9].*\n\\| b "));
  by_corpus_.at("a").intervals.reset();
  EXPECT_THAT(full_evaluation_table(by_corpus_), testing::ContainsRegex("\\| a .*\n\\| b "));
}

TEST_F(FullEvaluationText, HasARowForEachThresholdAndAColumnForEachCorpus) {
  const std::string table = threshold_table(by_corpus_);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 101);
  EXPECT_THAT(table, testing::ContainsRegex("\\| recall / ham, p >= \\| +a \\| +b \\| +all \\|"));
  EXPECT_THAT(table, testing::ContainsRegex("\\| 50 % +\\| +70.0 / 15.00 \\| +- / 100.00 \\|"));
}

TEST_F(FullEvaluationText, ShowsCalibrationPerCorpus) {
  EXPECT_THAT(calibration_table(by_corpus_), HasSubstr("| b           |        90.00 | 95.00 |"));
}

TEST_F(FullEvaluationText, GivesAllOfItAsJson) {
  const auto json = nlohmann::json::parse(full_evaluation_json(by_corpus_));
  const auto& a = json["corpora"]["a"];
  EXPECT_EQ(a["spam"], 20);
  EXPECT_EQ(a["thresholds"].size(), 99u);
  EXPECT_EQ(a["thresholds"][49]["threshold"], 0.5);
  EXPECT_LE(a["intervals"]["recall_50"][0], a["recall_50"]);
  EXPECT_GE(a["intervals"]["recall_50"][1], a["recall_50"]);
  EXPECT_EQ(a["calibration"]["before"]["brier"], a["calibration"]["after"]["brier"]);
  EXPECT_TRUE(json["corpora"]["b"]["intervals"]["auc"][0].is_null());
  EXPECT_EQ(json["all"]["ham"], 21);
}

}  // namespace
}  // namespace winnow
