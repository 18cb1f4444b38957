#include "models/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace winnow {
namespace {

std::vector<CalibrationSample> separated(int of_each, double weight) {
  std::vector<CalibrationSample> samples;
  for (int i = 0; i < of_each; ++i) {
    samples.push_back({1.0, true, weight});
    samples.push_back({-1.0, false, weight});
  }
  return samples;
}

TEST(Calibration, OfSeparatedMailReachesTheSmoothedTargetsAndNotInfinity) {
  // Eight of each: targets 8.5/9 and 0.5/9, so the odds at logit 1 are 17 and the slope is ln 17.
  const auto fitted = fit_calibration(separated(8, 1.0));
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(fitted->slope, std::log(17.0), 1e-6);
  EXPECT_NEAR(fitted->intercept, 0.0, 1e-6);
}

TEST(Calibration, DoesNotDependOnTheUnitOfTheWeights) {
  const auto fitted = fit_calibration(separated(8, 0.001));
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(fitted->slope, std::log(17.0), 1e-6);
}

TEST(Calibration, FindsTheSharesOfMixedMail) {
  // At logit 2: 300 spam and 100 ham; at logit 0: 100 spam and 300 ham. Targets 400.5/401 and 0.5/401, so
  // the share of positive targets at logit 2 is (300 * 400.5 + 50) / 401 / 400, and one less that at logit 0.
  std::vector<CalibrationSample> samples;
  for (int i = 0; i < 400; ++i) {
    samples.push_back({2.0, i < 300 ? true : false, 1.0});
    samples.push_back({0.0, i < 100 ? true : false, 1.0});
  }
  const double share = (300 * 400.5 + 50) / 401.0 / 400.0;
  const auto fitted = fit_calibration(samples);
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(2 * fitted->slope + fitted->intercept, std::log(share / (1 - share)), 1e-6);
  EXPECT_NEAR(fitted->intercept, -std::log(share / (1 - share)), 1e-6);
}

TEST(Calibration, CountsAMessageByItsWeight) {
  // One message of weight 3 pulls as three would; the effective number stays that of the weights: (3 + 1)^2 /
  // (9 + 1).
  const auto fitted = fit_calibration({{0.0, true, 3.0}, {0.0, true, 1.0}, {0.0, false, 4.0}});
  ASSERT_TRUE(fitted);
  const double spam_target = 2.1 / 2.6, ham_target = 0.5 / 2.0;
  const double share = (spam_target + ham_target) / 2;
  EXPECT_NEAR(fitted->intercept, std::log(share / (1 - share)), 1e-6);
}

TEST(Calibration, IsLoweredUntilEveryOriginsHamKeepsItsLimits) {
  std::vector<double> low, high;
  for (int i = 0; i < 100; ++i) low.push_back(-5 - i), high.push_back(i / 10.0);
  const Calibration fitted{2, 1};
  const std::vector<HamLimit> limits = {{0.9, 0.05}, {0.5, 0.25}};
  const Calibration kept = lowered_for_ham(fitted, {low}, limits);
  EXPECT_EQ(kept.intercept, fitted.intercept);
  const Calibration lowered = lowered_for_ham(fitted, {low, high}, limits);
  EXPECT_EQ(lowered.slope, fitted.slope);
  int over_half = 0, over_most = 0;
  for (const double logit : high) {
    over_half += lowered.slope * logit + lowered.intercept >= 0;
    over_most += lowered.slope * logit + lowered.intercept >= std::log(9.0);
  }
  EXPECT_EQ(over_most, 5) << "no lower than needed";
  EXPECT_LE(over_half, 25);
}

TEST(Calibration, NeverTurnsTheOrderAround) {
  const auto fitted = fit_calibration({{-1.0, true, 1.0}, {1.0, false, 1.0}});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->slope, 0.0);
}

TEST(Calibration, NeedsBothLabelsAndNumbers) {
  EXPECT_FALSE(fit_calibration({{1.0, true, 1.0}}));
  EXPECT_FALSE(fit_calibration({}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(fit_calibration({{nan, true, 1.0}, {0.0, false, 1.0}}));
}

TEST(Calibration, MeasuresTheMeanLossOfTheTrueLabels) {
  // Probabilities 0.75 for a spam of weight 3 and 0.5 for a ham of weight 1.
  const std::vector<CalibrationSample> samples = {{std::log(3.0), true, 3.0}, {0.0, false, 1.0}};
  EXPECT_NEAR(mean_loss(samples, {1.0, 0.0}), (3 * -std::log(0.75) - std::log(0.5)) / 4, 1e-12);
}

TEST(Calibration, CopesWithLargeLogits) {
  const auto fitted = fit_calibration({{800.0, true, 1.0}, {700.0, true, 1.0}, {-800.0, false, 1.0}});
  ASSERT_TRUE(fitted);
  EXPECT_TRUE(std::isfinite(fitted->slope));
  EXPECT_TRUE(std::isfinite(fitted->intercept));
  EXPECT_GT(fitted->slope, 0.0);
}

}  // namespace
}  // namespace winnow
