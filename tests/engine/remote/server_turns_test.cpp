#include "engine/remote/server_turns.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

using std::chrono::milliseconds;
using TimePoint = ServerTurns::TimePoint;

const TimePoint kNow{std::chrono::hours(1)};

TEST(TryBudget, LetsATryTakeTheTimeout) {
  TryBudget budget(kNow, kNow + milliseconds(4000), milliseconds(500));
  EXPECT_EQ(budget.next_try(kNow), kNow + milliseconds(500));
}

TEST(TryBudget, KeepsTimeForTheStandIn) {
  TryBudget budget(kNow, kNow + milliseconds(600), milliseconds(500));
  EXPECT_EQ(budget.next_try(kNow), kNow + milliseconds(350));
  EXPECT_EQ(budget.next_try(kNow + milliseconds(300)), kNow + milliseconds(350));
  EXPECT_EQ(budget.next_try(kNow + milliseconds(350)), std::nullopt);
}

TEST(TryBudget, SharesAShortTimeWithTheStandIn) {
  TryBudget budget(kNow, kNow + milliseconds(100), milliseconds(500));
  EXPECT_EQ(budget.next_try(kNow), kNow + milliseconds(50));
}

TEST(TryBudget, HasNothingForABatchThatIsLate) {
  EXPECT_EQ(TryBudget(kNow, kNow, milliseconds(500)).next_try(kNow), std::nullopt);
  EXPECT_EQ(TryBudget(kNow, kNow - milliseconds(10), milliseconds(500)).next_try(kNow), std::nullopt);
}

TEST(TryBudget, HasThreeTriesHoweverLateTheDeadline) {
  TryBudget budget(kNow, TimePoint::max(), milliseconds(500));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(budget.next_try(kNow), kNow + milliseconds(500));
  EXPECT_EQ(budget.next_try(kNow), std::nullopt);
}

TEST(ServerTurns, TakesServersInTurn) {
  ServerTurns pool(3);
  for (const std::size_t expected : {0u, 1u, 2u, 0u}) EXPECT_EQ(pool.next({}, kNow), expected);
}

TEST(ServerTurns, LeavesOutWhatWasTriedForThisBatch) {
  ServerTurns pool(2);
  EXPECT_EQ(pool.next({0}, kNow), 1u);
  EXPECT_EQ(pool.next({0, 1}, kNow), std::nullopt);
}

TEST(ServerTurns, LeavesOutAServerThatKeepsFailingUntilItsTrial) {
  ServerTurns pool(2, {}, {.failures_to_open = 1, .first_pause = milliseconds(100)});
  pool.failed(0, kNow);
  EXPECT_EQ(pool.next({}, kNow), 1u);
  EXPECT_EQ(pool.next({}, kNow), 1u);
  pool.failed(1, kNow);
  EXPECT_EQ(pool.next({}, kNow), std::nullopt);
  EXPECT_EQ(pool.next({}, kNow + milliseconds(100)), 0u);
  pool.succeeded(0);
  EXPECT_EQ(pool.next({1}, kNow), 0u);
}

/// A server that was replaced by one without binary tensors refused every batch for ever.
TEST(ServerTurns, AsksAServerThatRefusesForItsFormatAgainAndDoesNotLeaveItAlone) {
  ServerTurns pool(1);
  const ServerTurns::TimePoint now{};
  pool.learned_format(0, TensorFormat::Binary);
  for (int i = 0; i < 3; ++i) pool.failed(0, now);
  EXPECT_FALSE(pool.next({}, now));
  pool.learned_format(0, TensorFormat::Binary);
  pool.proven(0);
  pool.refused(0);
  EXPECT_FALSE(pool.is_proven(0));
  EXPECT_FALSE(pool.format(0));
  EXPECT_TRUE(pool.next({}, now)) << "it answers, so it is there";
  EXPECT_EQ(pool.tallies().front().failed, 4u);
}

TEST(ServerTurns, ForgetsTheFormatOfAServerThatFailed) {
  ServerTurns pool(1, {}, {.failures_to_open = 2});
  pool.learned_format(0, TensorFormat::Binary);
  pool.failed(0, kNow);
  EXPECT_EQ(pool.format(0), TensorFormat::Binary);
  pool.failed(0, kNow);
  EXPECT_EQ(pool.format(0), std::nullopt);
}

TEST(ServerTurns, KeepsTheFormatOfTheSettings) {
  ServerTurns pool(1, TensorFormat::Json, {.failures_to_open = 1});
  pool.failed(0, kNow);
  EXPECT_EQ(pool.format(0), TensorFormat::Json);
}

TEST(ServerTurns, WantsAnotherProofOfAServerThatKeptFailing) {
  ServerTurns pool(1, {}, {.failures_to_open = 2});
  pool.proven(0);
  pool.failed(0, kNow);
  EXPECT_TRUE(pool.is_proven(0));
  pool.failed(0, kNow);
  EXPECT_FALSE(pool.is_proven(0));
}

}  // namespace
}  // namespace winnow
