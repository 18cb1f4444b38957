#include "milter/pool_metrics.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(PoolMetrics, TellHowEachServerDoes) {
  EXPECT_EQ(pool_metrics({{"gpu1:8000", 12, 0, false}, {"gpu2:8000", 1, 3, true}}),
            "# HELP winnow_pool_answered_total Batches that a server of the pool answered\n"
            "# TYPE winnow_pool_answered_total counter\n"
            "winnow_pool_answered_total{server=\"gpu1:8000\"} 12\n"
            "winnow_pool_answered_total{server=\"gpu2:8000\"} 1\n"
            "# HELP winnow_pool_failed_total Batches that a server of the pool was given in vain\n"
            "# TYPE winnow_pool_failed_total counter\n"
            "winnow_pool_failed_total{server=\"gpu1:8000\"} 0\n"
            "winnow_pool_failed_total{server=\"gpu2:8000\"} 3\n"
            "# HELP winnow_pool_left_alone 1 while a server fails and is only asked whether it is back\n"
            "# TYPE winnow_pool_left_alone gauge\n"
            "winnow_pool_left_alone{server=\"gpu1:8000\"} 0\n"
            "winnow_pool_left_alone{server=\"gpu2:8000\"} 1\n");
}

TEST(PoolMetrics, NameAServerOnceThatIsGivenTwice) {
  const std::string text = pool_metrics({{"gpu1:8000", 12, 0, false}, {"gpu1:8000", 1, 3, true}});
  EXPECT_NE(text.find("winnow_pool_answered_total{server=\"gpu1:8000\"} 13\n# HELP"), std::string::npos) << text;
  EXPECT_NE(text.find("winnow_pool_left_alone{server=\"gpu1:8000\"} 1\n"), std::string::npos) << text;
}

TEST(PoolMetrics, AreNoneWithoutAPool) { EXPECT_EQ(pool_metrics({}), ""); }

}  // namespace
}  // namespace winnow
