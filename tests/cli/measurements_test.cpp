#include "cli/measurements.h"

#include <gtest/gtest.h>

#include <numeric>

namespace winnow {
namespace {

TEST(Percentiles, AreTheLeastMeasurementThatSoManyDoNotExceed) {
  std::vector<std::uint32_t> sorted(2000);
  std::iota(sorted.begin(), sorted.end(), 1);
  const Percentiles p = percentiles_of(sorted);
  EXPECT_EQ(p.p50, 1000u);
  EXPECT_EQ(p.p90, 1800u);
  EXPECT_EQ(p.p99, 1980u);
  EXPECT_EQ(p.p999, 1998u);
  EXPECT_EQ(p.max, 2000u);
}

TEST(Percentiles, AreThatOneOfOneMeasurementAndNothingOfNone) {
  const Percentiles one = percentiles_of({7});
  EXPECT_EQ(one.p50, 7u);
  EXPECT_EQ(one.p999, 7u);
  EXPECT_EQ(percentiles_of({}).max, 0u);
}

TEST(Trend, IsTheSlopeOfTheLineThroughThePoints) {
  Trend trend;
  for (int i = 0; i < 1000; ++i) trend.add(i, 3e9 + 12.5 * i + (i % 2 == 0 ? 1 : -1));
  EXPECT_NEAR(trend.slope(), 12.5, 0.001);
}

TEST(Trend, IsNotMovedByPointsThatDip) {
  Trend trend;
  for (int i = 0; i < 300; ++i) trend.add(i, i < 60 && i % 2 == 0 ? 100 : 331);
  EXPECT_EQ(trend.slope(), 0);
}

TEST(Trend, TakesAnyNumberOfPoints) {
  Trend trend;
  for (int i = 0; i < 200'000; ++i) trend.add(i, 2.0 * i);
  EXPECT_DOUBLE_EQ(trend.slope(), 2);
}

TEST(Trend, IsFlatWhereNothingTellsOtherwise) {
  Trend trend;
  EXPECT_EQ(trend.slope(), 0);
  trend.add(5, 1);
  trend.add(5, 2);
  EXPECT_EQ(trend.slope(), 0);
}

}  // namespace
}  // namespace winnow
