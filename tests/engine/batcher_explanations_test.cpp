// Explanations among the messages: batches of gradients, which wait behind mail.
#include <gmock/gmock.h>

#include "tests/engine/batcher_fixture.h"

namespace winnow {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BatcherExplanations : public BatcherTest {};

TokenBatch points_of(std::vector<std::int64_t> tokens) {
  TokenBatch points;
  const std::vector<float> weights(tokens.size(), 1.0f);
  points.add(tokens, weights, {0.5f});
  return points;
}

TEST_F(BatcherExplanations, AnswersGradientsOfOneLabel) {
  const auto batcher = make({});
  const Outcome outcome = await(*batcher->submit_gradients(points_of({3, 4}), 0));
  EXPECT_EQ(outcome.error, ScoreError::None);
  EXPECT_THAT(outcome.gradients.logits, ElementsAre(7.0f));
  EXPECT_THAT(outcome.gradients.weights, ElementsAre(3.0f, 4.0f));
  EXPECT_THAT(outcome.gradients.dense, ElementsAre(0.0f));
}

TEST_F(BatcherExplanations, LetsMessagesGoBeforeExplanations) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  const auto explanation = batcher->submit_gradients(points_of({9}), 0);
  const auto first = batcher->submit(features_of({2}));
  const auto second = batcher->submit(features_of({3}));
  EXPECT_EQ(batcher->queue_length(), 2u);
  gate->open();
  EXPECT_EQ(await(*explanation).error, ScoreError::None);
  EXPECT_THAT(log_->tokens, ElementsAre(1, 2, 3, 9));
}

TEST_F(BatcherExplanations, RunsAnExplanationWhileMessagesWaitToFillTheirBatch) {
  BatchSettings settings;
  settings.max_queue_delay = hours(1);
  const auto batcher = make(settings);
  const auto waiting = batcher->submit(features_of({1}));
  EXPECT_EQ(await(*batcher->submit_gradients(points_of({9}), 0)).error, ScoreError::None);
  EXPECT_FALSE(waiting->wait_until(steady_clock::now()));
}

TEST_F(BatcherExplanations, RefusesExplanationsBeforeMessagesWhenMuchWaits) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_queue_length = 2;
  const auto batcher = make(settings, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  const auto message = batcher->submit(features_of({2}));
  const auto explanation = batcher->submit_gradients(points_of({9}), 0);
  EXPECT_EQ(batcher->submit_gradients(points_of({9}), 0)->wait_until(steady_clock::now())->error, ScoreError::Busy);
  const auto last = batcher->submit(features_of({3}));
  EXPECT_FALSE(last->wait_until(steady_clock::now())) << "explanations took the place of a message";
  gate->open();
  EXPECT_EQ(await(*last).error, ScoreError::None);
}

TEST_F(BatcherExplanations, DropsAnExplanationThatNobodyWaitsFor) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  batcher->submit_gradients(points_of({9}), 0).reset();
  gate->open();
  batcher->stop();
  EXPECT_THAT(log_->tokens, ElementsAre(1));
}

TEST_F(BatcherExplanations, ReportsAnExplanationThatTheModelFailsOrThrowsAt) {
  const auto batcher = make({});
  EXPECT_EQ(await(*batcher->submit_gradients(points_of({-1}), 0)).detail, "out of memory");
  EXPECT_EQ(await(*batcher->submit_gradients(points_of({-2}), 0)).detail, "thrown by the model");
  EXPECT_THAT(await(*batcher->submit_gradients(points_of({-4}), 0)).detail, HasSubstr("another size"));
}

}  // namespace
}  // namespace winnow
