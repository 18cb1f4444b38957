#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/batcher.h"
#include "tests/engine/await.h"
#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What any threads may run at once.
class SideBySideModel : public DifferentiableSumModel {
 public:
  using DifferentiableSumModel::DifferentiableSumModel;
  bool runs_side_by_side() const override { return true; }
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    latest_thread = std::this_thread::get_id();
    return DifferentiableSumModel::run(batch, logits);
  }
  static inline std::atomic<std::thread::id> latest_thread;
};

class DirectBatcherTest : public ::testing::Test {
 protected:
  std::unique_ptr<Batcher> make(std::shared_ptr<Gate> gate = {}) {
    std::vector<std::unique_ptr<Model>> models;
    for (int i = 0; i < 2; ++i) models.push_back(std::make_unique<SideBySideModel>(log_, gate));
    return make_batcher(std::move(models), {}, [this] { ++threads_; });
  }

  std::shared_ptr<ModelLog> log_ = std::make_shared<ModelLog>();
  std::atomic<int> threads_ = 0;
};

TEST_F(DirectBatcherTest, ComputesOnTheThreadThatAsks) {
  const auto batcher = make();
  const Outcome outcome = await(*batcher->submit(features_of({3, 4})));
  EXPECT_EQ(outcome.error, ScoreError::None);
  EXPECT_THAT(outcome.logits, ElementsAre(7.0f));
  EXPECT_EQ(outcome.batch_size, 1u);
  EXPECT_EQ(outcome.waited, microseconds(0));
  EXPECT_EQ(SideBySideModel::latest_thread.load(), std::this_thread::get_id());
  EXPECT_EQ(threads_, 0);
}

TEST_F(DirectBatcherTest, HasTheOutcomeWhenSubmitReturns) {
  const auto batcher = make();
  const auto ticket = batcher->submit(features_of({1}));
  EXPECT_TRUE(ticket->wait_until(steady_clock::time_point::min()).has_value());
  EXPECT_EQ(batcher->queue_length(), 0u);
}

TEST_F(DirectBatcherTest, RunsAsManyMessagesAtOnceAsThereAreThreads) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make(gate);
  std::vector<std::thread> callers;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      right += await(*batcher->submit(features_of({i, i}))).logits == std::vector<float>{2.0f * static_cast<float>(i)};
    });
  }
  gate->await_arrivals(8);
  gate->open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 8);
}

TEST_F(DirectBatcherTest, DifferentiatesToo) {
  const auto batcher = make();
  TokenBatch points;
  points.add({5}, {0.5f}, {0.0f});
  points.add({5}, {1.0f}, {0.0f});
  const Outcome outcome = await(*batcher->submit_gradients(points, 0));
  EXPECT_EQ(outcome.error, ScoreError::None);
  EXPECT_THAT(outcome.gradients.weights, ElementsAre(5.0f, 5.0f));
}

TEST_F(DirectBatcherTest, TellsWhyTheModelFailed) {
  const auto batcher = make();
  EXPECT_THAT(await(*batcher->submit(features_of({-1}))).detail, HasSubstr("out of memory"));
  EXPECT_THAT(await(*batcher->submit(features_of({-2}))).detail, HasSubstr("thrown by the model"));
  EXPECT_EQ(await(*batcher->submit(features_of({-3}))).error, ScoreError::ModelFailed);
  EXPECT_EQ(await(*batcher->submit(features_of({1}))).error, ScoreError::None);
}

// What took long had been done, and the mail was delivered as late, and unjudged.
TEST_F(DirectBatcherTest, JudgesAMessageThatComesLate) {
  const auto batcher = make();
  EXPECT_EQ(await(*batcher->submit(features_of({1}), steady_clock::now() - hours(1))).error, ScoreError::None);
  EXPECT_THAT(log_->batch_sizes, ElementsAre(1u));
}

TEST_F(DirectBatcherTest, RefusesOnceStopped) {
  const auto batcher = make();
  batcher->stop();
  EXPECT_EQ(await(*batcher->submit(features_of({1}))).error, ScoreError::Stopped);
  EXPECT_EQ(await(*batcher->submit_gradients({}, 0)).error, ScoreError::Stopped);
}

TEST_F(DirectBatcherTest, IsNotTakenWhenOneOfTheModelsNeedsAThread) {
  std::vector<std::unique_ptr<Model>> models;
  models.push_back(std::make_unique<SideBySideModel>(log_));
  models.push_back(std::make_unique<DifferentiableSumModel>(log_));
  std::atomic<int> threads = 0;
  {
    const auto batcher = make_batcher(std::move(models), {}, [&threads] { ++threads; });
    EXPECT_THAT(await(*batcher->submit(features_of({3, 4}))).logits, ElementsAre(7.0f));
  }
  EXPECT_EQ(threads, 2);
}

}  // namespace
}  // namespace winnow
