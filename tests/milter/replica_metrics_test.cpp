#include "milter/replica_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "milter/http_client.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

TEST(ReplicaMetrics, TellWhatBecameOfReplicasWhoseDeviceFailed) {
  RebuildCounts counts;
  counts.lost = 3;
  counts.rebuilt = 2;
  counts.failed = 5;
  EXPECT_EQ(replica_metrics(counts),
            "# HELP winnow_replica_total Replicas on devices, by what became of them\n"
            "# TYPE winnow_replica_total counter\n"
            "winnow_replica_total{event=\"lost\"} 3\n"
            "winnow_replica_total{event=\"rebuilt\"} 2\n"
            "winnow_replica_total{event=\"rebuild_failed\"} 5\n");
}

TEST(ReplicaMetrics, StandOnTheDaemonsEndpoint) {
  const TestDaemon daemon([](Settings& settings) { settings.metrics.listen = "127.0.0.1:0"; });
  std::string error;
  const auto answer = http_get(daemon.metrics(), "/metrics", std::chrono::seconds(10), error);
  ASSERT_TRUE(answer) << error;
  EXPECT_THAT(answer->body, testing::HasSubstr("\nwinnow_replica_total{event=\"lost\"} 0\n"));
}

}  // namespace
}  // namespace winnow
