#include "engine/torch/codebook.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace winnow {
namespace {

/// An error costs the square of its value.
double mean_cost(const std::vector<float>& values, const std::vector<float>& codebook) {
  double sum = 0;
  for (const float value : values) sum += std::pow(value * (value - codebook[nearest_level(codebook, value)]), 2);
  return sum / static_cast<double>(values.size());
}

TEST(Codebook, HoldsEveryValueWhenThereAreFewEnough) {
  const std::vector<float> values{3, -1, 3, 0.5f, -1, 7};
  const std::vector<float> codebook = fit_codebook(values, 4);
  EXPECT_NEAR(mean_cost(values, codebook), 0, 1e-12);
}

TEST(Codebook, CostShrinksToAboutAQuarterWithEveryBit) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(40'000);
  for (float& value : values) value = normal(random);
  double before = mean_cost(values, fit_codebook(values, 4));
  for (const std::size_t levels : {8u, 16u, 32u, 64u}) {
    const double error = mean_cost(values, fit_codebook(values, levels));
    EXPECT_LT(error, before / 3) << levels;
    before = error;
  }
}

TEST(Codebook, IsFinerWhereValuesAreLarge) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<float> values(40'000);
  for (float& value : values) value = uniform(random);
  const std::vector<float> codebook = fit_codebook(values, 32);
  EXPECT_LT(codebook[31] - codebook[30], 0.7f * (codebook[2] - codebook[1]));
}

TEST(Codebook, StandsAtTheMeansOfTwoClustersWeighedByTheirSquares) {
  const std::vector<float> values{-1.1f, -0.9f, -1, 4.9f, 5.1f, 5};
  const std::vector<float> codebook = fit_codebook(values, 2);
  EXPECT_NEAR(codebook[0], -3.06 / 3.02, 1e-5);
  EXPECT_NEAR(codebook[1], 375.3 / 75.02, 1e-5);
}

TEST(Codebook, IsFullAndInOrderWhateverTheValues) {
  for (const std::vector<float>& values : {std::vector<float>{}, {2}, {2, 2, 2}, {-1e30f, 1e30f, 0}, {1e-40f, 0}}) {
    const std::vector<float> codebook = fit_codebook(values, 8);
    ASSERT_EQ(codebook.size(), 8u);
    for (std::size_t i = 1; i < codebook.size(); ++i) EXPECT_LE(codebook[i - 1], codebook[i]);
    for (const float level : codebook) EXPECT_TRUE(std::isfinite(level));
  }
  EXPECT_EQ(fit_codebook({2, 2}, 4)[nearest_level(fit_codebook({2, 2}, 4), 2)], 2);
}

TEST(Codebook, NearestLevelIsTheNearest) {
  const std::vector<float> codebook{-1, 0, 2};
  EXPECT_EQ(nearest_level(codebook, -9), 0u);
  EXPECT_EQ(nearest_level(codebook, -0.4f), 1u);
  EXPECT_EQ(nearest_level(codebook, 0.9f), 1u);
  EXPECT_EQ(nearest_level(codebook, 1.1f), 2u);
  EXPECT_EQ(nearest_level(codebook, 9), 2u);
}

}  // namespace
}  // namespace winnow
