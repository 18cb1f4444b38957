#include "engine/batch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Time is what a test says: `at(5)` is 5 us after the beginning.
BatchQueue::TimePoint at(int microseconds_later) { return BatchQueue::TimePoint{} + microseconds(microseconds_later); }

std::shared_ptr<Waiting> message(std::vector<std::int64_t> tokens,
                                 BatchQueue::TimePoint deadline = BatchQueue::TimePoint::max()) {
  auto waiting = std::make_shared<Waiting>();
  waiting->features = features_of(std::move(tokens));
  waiting->deadline = deadline;
  return waiting;
}

/// A message of `count` tokens, the first of which is its name.
std::shared_ptr<Waiting> message_of(std::int64_t name, std::size_t count) {
  std::vector<std::int64_t> tokens(count, 0);
  tokens.front() = name;
  return message(std::move(tokens));
}

std::shared_ptr<Waiting> explanation() {
  auto waiting = std::make_shared<Waiting>();
  waiting->points.add({1}, {1.0f}, {});
  return waiting;
}

std::vector<std::int64_t> names(const std::vector<std::shared_ptr<Waiting>>& messages) {
  std::vector<std::int64_t> found;
  for (const auto& one : messages) found.push_back(one->explains() ? -1 : one->features.tokens.front());
  return found;
}

BatchSettings settings_of(std::size_t messages, std::size_t tokens, microseconds delay) {
  BatchSettings settings;
  settings.max_batch_size = messages;
  settings.max_batch_tokens = tokens;
  settings.max_queue_delay = delay;
  settings.max_queue_length = 8;
  return settings;
}

TEST(BatchQueue, GivesWhatWaitsAtOnceWithoutADelay) {
  BatchQueue queue(settings_of(4, 1000, microseconds(0)));
  EXPECT_EQ(queue.due(), std::nullopt);
  ASSERT_TRUE(queue.add(message({1}), at(0)));
  ASSERT_TRUE(queue.add(message({2}), at(3)));
  EXPECT_EQ(queue.due(), at(0));
  EXPECT_THAT(names(queue.take(at(3)).messages), ElementsAre(1, 2));
  EXPECT_EQ(queue.due(), std::nullopt);
}

TEST(BatchQueue, WaitsForOthersFromTheOldestMessageOn) {
  BatchQueue queue(settings_of(4, 1000, microseconds(100)));
  ASSERT_TRUE(queue.add(message({1}), at(0)));
  ASSERT_TRUE(queue.add(message({2}), at(90)));
  EXPECT_EQ(queue.due(), at(100));
  EXPECT_THAT(queue.take(at(99)).messages, IsEmpty());
  EXPECT_THAT(names(queue.take(at(100)).messages), ElementsAre(1, 2));
}

TEST(BatchQueue, DoesNotWaitOnceABatchIsFull) {
  BatchQueue by_messages(settings_of(2, 1000, milliseconds(100)));
  ASSERT_TRUE(by_messages.add(message({1}), at(0)));
  ASSERT_TRUE(by_messages.add(message({2}), at(1)));
  EXPECT_EQ(by_messages.due(), at(0));
  BatchQueue by_tokens(settings_of(8, 10, milliseconds(100)));
  ASSERT_TRUE(by_tokens.add(message_of(1, 6), at(0)));
  EXPECT_EQ(by_tokens.due(), at(100'000));
  ASSERT_TRUE(by_tokens.add(message_of(2, 4), at(1)));
  EXPECT_EQ(by_tokens.due(), at(0));
}

TEST(BatchQueue, SplitsByMessagesAndByTokensInOrder) {
  BatchQueue queue(settings_of(3, 10, microseconds(0)));
  for (const auto& [name, tokens] : {std::pair{1, 4u}, {2, 6u}, {3, 1u}, {4, 1u}, {5, 1u}, {6, 1u}})
    ASSERT_TRUE(queue.add(message_of(name, tokens), at(0)));
  EXPECT_THAT(names(queue.take(at(0)).messages), ElementsAre(1, 2));     // 10 tokens
  EXPECT_THAT(names(queue.take(at(0)).messages), ElementsAre(3, 4, 5));  // 3 messages
  EXPECT_THAT(names(queue.take(at(0)).messages), ElementsAre(6));
}

TEST(BatchQueue, LetsAMessageWithMoreTokensThanABatchMayHaveGoAlone) {
  BatchQueue queue(settings_of(4, 10, milliseconds(100)));
  ASSERT_TRUE(queue.add(message_of(1, 50), at(0)));
  ASSERT_TRUE(queue.add(message_of(2, 1), at(0)));
  EXPECT_EQ(queue.due(), at(0));
  EXPECT_THAT(names(queue.take(at(0)).messages), ElementsAre(1));
  EXPECT_EQ(queue.due(), at(100'000));
}

TEST(BatchQueue, CountsTokensOfWhatIsLeftAfterMessagesWereTakenOut) {
  BatchQueue queue(settings_of(8, 10, microseconds(100)));
  const auto gone = message_of(1, 9);
  ASSERT_TRUE(queue.add(gone, at(0)));
  ASSERT_TRUE(queue.add(message_of(2, 1), at(0)));
  queue.remove(*gone);
  queue.remove(*gone);
  EXPECT_EQ(queue.messages(), 1u);
  EXPECT_EQ(queue.due(), at(100));
}

TEST(BatchQueue, SetsAsideWhoseDeadlineHasPassed) {
  BatchQueue queue(settings_of(2, 1000, microseconds(0)));
  ASSERT_TRUE(queue.add(message({1}, at(50)), at(0)));
  ASSERT_TRUE(queue.add(message({2}, at(500)), at(0)));
  ASSERT_TRUE(queue.add(message({3}, at(50)), at(0)));
  ASSERT_TRUE(queue.add(message({4}, at(51)), at(0)));
  const Batch batch = queue.take(at(50));
  EXPECT_THAT(names(batch.messages), ElementsAre(2, 4));
  EXPECT_THAT(names(batch.expired), ElementsAre(1, 3));
}

TEST(BatchQueue, ExplainsOnlyWhenNoMessageIsDue) {
  BatchQueue queue(settings_of(2, 1000, microseconds(100)));
  ASSERT_TRUE(queue.add(explanation(), at(0)));
  ASSERT_TRUE(queue.add(explanation(), at(0)));
  ASSERT_TRUE(queue.add(message({1}), at(10)));
  EXPECT_EQ(queue.due(), at(0));
  EXPECT_THAT(names(queue.take(at(50)).messages), ElementsAre(-1));  // the message may still wait for others
  EXPECT_THAT(names(queue.take(at(110)).messages), ElementsAre(1));
  EXPECT_THAT(names(queue.take(at(110)).messages), ElementsAre(-1));
}

TEST(BatchQueue, IsFullAtMaxQueueLengthAndForExplanationsEarlier) {
  BatchQueue queue(settings_of(2, 1000, microseconds(0)));
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(queue.add(message({1}), at(0)));
  ASSERT_TRUE(queue.add(explanation(), at(0)));
  EXPECT_FALSE(queue.add(explanation(), at(0)));
  EXPECT_TRUE(queue.add(message({1}), at(0)));
  EXPECT_FALSE(queue.add(message({1}), at(0)));
}

TEST(BatchQueue, WaitsForNobodyOnceItIsHurried) {
  BatchQueue queue(settings_of(4, 1000, milliseconds(100)));
  ASSERT_TRUE(queue.add(message({1}), at(0)));
  queue.hurry();
  EXPECT_EQ(queue.due(), at(0));
  EXPECT_THAT(names(queue.take(at(0)).messages), ElementsAre(1));
}

/// A day in the life: messages come every `interval`, one model takes `fixed + per_message * n`, and the clock is ours.
std::vector<std::size_t> simulate(BatchQueue& queue, int messages, int interval, int fixed, int per_message) {
  std::vector<std::size_t> batches;
  int come = 0;
  for (int now = 0, free_at = 0; come < messages || !queue.empty(); ++now) {
    if (come < messages && now == come * interval) {
      EXPECT_TRUE(queue.add(message({++come}), at(now)));
    }
    if (now < free_at || !queue.due() || *queue.due() > at(now)) continue;
    const std::size_t taken = queue.take(at(now)).messages.size();
    batches.push_back(taken);
    free_at = now + fixed + per_message * static_cast<int>(taken);
  }
  return batches;
}

TEST(BatchQueue, LetsBatchesGrowUnderLoadAndStaySingleWithoutIt) {
  BatchQueue idle(settings_of(4, 1000, microseconds(0)));
  EXPECT_THAT(simulate(idle, 5, 100, 20, 10), ElementsAre(1, 1, 1, 1, 1));
  BatchQueue busy(settings_of(4, 1000, microseconds(0)));
  EXPECT_THAT(simulate(busy, 12, 10, 30, 1), ElementsAre(1, 3, 3, 3, 2));
  BatchQueue delayed(settings_of(4, 1000, microseconds(25)));
  EXPECT_THAT(simulate(delayed, 6, 10, 5, 1), ElementsAre(3, 3));
}

}  // namespace
}  // namespace winnow
