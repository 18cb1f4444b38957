#include "engine/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <thread>

#include "tests/engine/batcher_fixture.h"

namespace winnow {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(BatcherTest, AnswersTheLogitsOfTheMessage) {
  const auto batcher = make({});
  const auto ticket = batcher->submit(features_of({3, 4}));
  const Outcome outcome = await(*ticket);
  EXPECT_EQ(outcome.error, ScoreError::None);
  EXPECT_THAT(outcome.logits, ElementsAre(7.0f));
  EXPECT_EQ(outcome.batch_size, 1u);
}

TEST_F(BatcherTest, AnswersTheSameOutcomeWhenAskedTwice) {
  const auto batcher = make({});
  const auto ticket = batcher->submit(features_of({3, 4}));
  await(*ticket);
  EXPECT_THAT(await(*ticket).logits, ElementsAre(7.0f));
}

TEST_F(BatcherTest, TakesMessageWithoutTokens) {
  const auto batcher = make({});
  EXPECT_THAT(await(*batcher->submit(features_of({}))).logits, ElementsAre(0.0f));
}

TEST_F(BatcherTest, TakesAllThatCameWhileTheModelWasBusyAsOneBatch) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  std::vector<std::unique_ptr<Ticket>> tickets;
  tickets.push_back(batcher->submit(features_of({1})));
  gate->await_arrivals(1);
  for (int i = 0; i < 5; ++i) tickets.push_back(batcher->submit(features_of({1})));
  EXPECT_EQ(batcher->queue_length(), 5u);
  gate->open();
  for (const auto& ticket : tickets) EXPECT_EQ(await(*ticket).error, ScoreError::None);
  EXPECT_THAT(log_->batch_sizes, ElementsAre(1u, 5u));
}

TEST_F(BatcherTest, SplitsTheQueueAtMaxBatchSize) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_batch_size = 2;
  const auto batcher = make(settings, 1, gate);
  std::vector<std::unique_ptr<Ticket>> tickets;
  tickets.push_back(batcher->submit(features_of({1})));
  gate->await_arrivals(1);
  for (int i = 0; i < 5; ++i) tickets.push_back(batcher->submit(features_of({1})));
  gate->open();
  for (const auto& ticket : tickets) await(*ticket);
  EXPECT_THAT(log_->batch_sizes, ElementsAre(1u, 2u, 2u, 1u));
}

TEST_F(BatcherTest, UsesTheSecondModelWhileTheFirstIsBusy) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 2, gate);
  const auto first = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  const auto second = batcher->submit(features_of({2}));
  gate->await_arrivals(2);  // both are inside a model at once
  gate->open();
  EXPECT_THAT(await(*second).logits, ElementsAre(2.0f));
  EXPECT_THAT(await(*first).logits, ElementsAre(1.0f));
}

TEST_F(BatcherTest, SendsPartialBatchWhenOldestMessageHasWaitedMaxQueueDelay) {
  BatchSettings settings;
  settings.max_queue_delay = microseconds(2000);
  const auto batcher = make(settings);
  const auto ticket = batcher->submit(features_of({1}));
  const Outcome outcome = await(*ticket);
  EXPECT_EQ(outcome.error, ScoreError::None);
  EXPECT_GE(outcome.waited, settings.max_queue_delay);
}

TEST_F(BatcherTest, KeepsTimeForTheNextMessageAfterAPartialBatch) {
  BatchSettings settings;
  settings.max_queue_delay = microseconds(2000);
  const auto batcher = make(settings);
  for (int i = 0; i < 5; ++i) EXPECT_GE(await(*batcher->submit(features_of({1}))).waited, settings.max_queue_delay);
}

TEST_F(BatcherTest, SendsFullBatchWithoutWaitingForMaxQueueDelay) {
  BatchSettings settings;
  settings.max_queue_delay = hours(1);
  settings.max_batch_size = 2;
  const auto batcher = make(settings);
  const auto first = batcher->submit(features_of({1}));
  const auto second = batcher->submit(features_of({2}));
  EXPECT_EQ(await(*first).batch_size, 2u);
  EXPECT_EQ(await(*second).batch_size, 2u);
}

TEST_F(BatcherTest, StopSendsTheBatchThatStillWaitsToFill) {
  BatchSettings settings;
  settings.max_queue_delay = hours(1);
  const auto batcher = make(settings);
  const auto ticket = batcher->submit(features_of({5}));
  batcher->stop();
  EXPECT_THAT(await(*ticket).logits, ElementsAre(5.0f));
}

TEST_F(BatcherTest, AnswersBusyWhenQueueIsFull) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_queue_length = 2;
  const auto batcher = make(settings, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  const auto first = batcher->submit(features_of({1}));
  const auto second = batcher->submit(features_of({1}));
  const auto third = batcher->submit(features_of({1}));
  EXPECT_EQ(third->wait_until(steady_clock::now())->error, ScoreError::Busy);
  gate->open();
  EXPECT_EQ(await(*second).error, ScoreError::None);
}

TEST_F(BatcherTest, CancelledMessageFreesItsPlaceAndNeverReachesTheModel) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_queue_length = 1;
  const auto batcher = make(settings, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  auto cancelled = batcher->submit(features_of({77}));
  cancelled.reset();
  EXPECT_EQ(batcher->queue_length(), 0u);
  const auto next = batcher->submit(features_of({3}));
  gate->open();
  EXPECT_EQ(await(*next).error, ScoreError::None);
  EXPECT_THAT(log_->tokens, ElementsAre(1, 3));
}

TEST_F(BatcherTest, CancellingWhileTheModelRunsHarmsNobody) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  auto ticket = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  ticket.reset();
  gate->open();
  EXPECT_EQ(await(*batcher->submit(features_of({2}))).error, ScoreError::None);
}

TEST_F(BatcherTest, SaysNothingBeforeTheAnswerIsThere) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  const auto ticket = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  EXPECT_EQ(ticket->wait_until(steady_clock::now()), std::nullopt);
  gate->open();
  EXPECT_EQ(await(*ticket).error, ScoreError::None);
}

TEST_F(BatcherTest, FailureReachesTheMessagesOfItsBatchOnly) {
  BatchSettings settings;
  settings.max_batch_size = 2;
  settings.max_queue_delay = hours(1);
  const auto batcher = make(settings);
  const auto bad = batcher->submit(features_of({-1}));
  const auto neighbour = batcher->submit(features_of({1}));
  EXPECT_EQ(await(*bad).error, ScoreError::ModelFailed);
  EXPECT_EQ(await(*neighbour).error, ScoreError::ModelFailed);
  EXPECT_EQ(await(*neighbour).detail, "out of memory");
  const auto first = batcher->submit(features_of({1}));
  const auto second = batcher->submit(features_of({2}));
  EXPECT_EQ(await(*first).error, ScoreError::None);
  EXPECT_EQ(await(*second).error, ScoreError::None);
}

TEST_F(BatcherTest, ThrowingModelIsAFailedModel) {
  const auto batcher = make({});
  const Outcome outcome = await(*batcher->submit(features_of({-2})));
  EXPECT_EQ(outcome.error, ScoreError::ModelFailed);
  EXPECT_EQ(outcome.detail, "thrown by the model");
  EXPECT_EQ(await(*batcher->submit(features_of({2}))).error, ScoreError::None);
}

/// Runs out of memory after its answer to token 99, where no answer is expected to fail.
class ForgetfulModel : public SumModel {
 public:
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    latest_ = batch.tokens.back();
    return SumModel::run(batch, logits);
  }
  std::string_view stand_in_cause() const override {
    if (latest_ == 99) throw std::bad_alloc();
    return {};
  }

 private:
  std::int64_t latest_ = 0;
};

/// An exception outside of the guarded call ended the process.
TEST_F(BatcherTest, MemoryThatRunsOutBesideTheModelCostsItsBatchOnly) {
  std::vector<std::unique_ptr<Model>> models;
  models.push_back(std::make_unique<ForgetfulModel>());
  const auto batcher = make_batcher(std::move(models), {});
  const Outcome outcome = await(*batcher->submit(features_of({99})));
  EXPECT_EQ(outcome.error, ScoreError::ModelFailed);
  EXPECT_EQ(outcome.detail, "std::bad_alloc");
  EXPECT_THAT(await(*batcher->submit(features_of({1}))).logits, ElementsAre(1.0f)) << "mixed with the batch before";
}

TEST_F(BatcherTest, NotANumberFailsOnlyTheMessageThatGotIt) {
  BatchSettings settings;
  settings.max_batch_size = 3;
  settings.max_queue_delay = hours(1);
  const auto batcher = make(settings);
  const auto none = batcher->submit(features_of({-3}));
  const auto infinite = batcher->submit(features_of({-6}));
  const auto neighbour = batcher->submit(features_of({4}));
  for (Ticket* bad : {none.get(), infinite.get()}) {
    EXPECT_EQ(await(*bad).error, ScoreError::ModelFailed);
    EXPECT_THAT(await(*bad).detail, HasSubstr("not a number"));
  }
  EXPECT_THAT(await(*neighbour).logits, ElementsAre(4.0f));
}

TEST_F(BatcherTest, WrongNumberOfLogitsIsAFailedModel) {
  BatchSettings settings;
  settings.labels = 2;  // the model answers one
  const auto batcher = make(settings);
  const Outcome outcome = await(*batcher->submit(features_of({1})));
  EXPECT_EQ(outcome.error, ScoreError::ModelFailed);
  EXPECT_THAT(outcome.detail, HasSubstr("1 numbers for 1 messages"));
}

TEST_F(BatcherTest, RefusesAfterStop) {
  const auto batcher = make({});
  batcher->stop();
  batcher->stop();
  EXPECT_EQ(batcher->submit(features_of({1}))->wait_until(steady_clock::now())->error, ScoreError::Stopped);
}

TEST_F(BatcherTest, RefusesWithoutAModel) {
  const auto batcher = make({}, 0);
  EXPECT_EQ(batcher->submit(features_of({1}))->wait_until(steady_clock::now())->error, ScoreError::Stopped);
}

TEST_F(BatcherTest, StopFinishesAllThatIsQueued) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_batch_size = 3;
  const auto batcher = make(settings, 2, gate);
  std::vector<std::unique_ptr<Ticket>> tickets;
  for (int i = 0; i < 50; ++i) tickets.push_back(batcher->submit(features_of({i})));
  gate->await_arrivals(2);
  std::thread opener([&gate] { gate->open(); });
  batcher->stop();
  opener.join();
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    const auto outcome = tickets[i]->wait_until(steady_clock::now());
    ASSERT_TRUE(outcome);
    EXPECT_THAT(outcome->logits, ElementsAre(static_cast<float>(i)));
  }
}

TEST_F(BatcherTest, TicketMayOutliveTheBatcher) {
  auto batcher = make({});
  const auto ticket = batcher->submit(features_of({9}));
  batcher.reset();
  EXPECT_THAT(await(*ticket).logits, ElementsAre(9.0f));
}

TEST_F(BatcherTest, RunsOnThreadStartOnceOnEveryInferenceThread) {
  std::atomic<int> starts{0};
  std::vector<std::unique_ptr<Model>> models;
  for (int i = 0; i < 3; ++i) models.push_back(std::make_unique<SumModel>());
  const auto batcher = make_batcher(std::move(models), {}, [&starts] { ++starts; });
  batcher->stop();
  EXPECT_EQ(starts, 3);
}

/// A reload on a machine out of threads ended the daemon: the threads that had started were destroyed while they ran.
TEST_F(BatcherTest, EndsTheThreadsItStartedWhenTheNextCannotBe) {
  std::vector<std::unique_ptr<Model>> models;
  for (int i = 0; i < 3; ++i) models.push_back(std::make_unique<SumModel>());
  EXPECT_THROW(make_batcher(std::move(models), {}, FewThreads(2)), std::system_error);
}

TEST_F(BatcherTest, EveryMessageOfManyThreadsGetsItsOwnAnswer) {
  constexpr int kThreads = 8, kMessages = 400;
  BatchSettings settings;
  settings.max_batch_size = 16;
  settings.max_queue_delay = microseconds(50);
  const auto batcher = make(settings, 3);
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < kThreads; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kMessages; ++i) {
        const int token = client * kMessages + i;
        const auto ticket = batcher->submit(features_of({token}));
        if (i % 10 == 0) continue;  // gives up: the ticket is destroyed
        const auto outcome = ticket->wait_until(patience());
        if (outcome && outcome->logits == std::vector<float>{static_cast<float>(token)}) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kThreads * kMessages * 9 / 10);
}

TEST(ScoreErrorName, IsTheWordOfTheLog) {
  EXPECT_EQ(score_error_name(ScoreError::Busy), "busy");
  EXPECT_EQ(score_error_name(ScoreError::Deadline), "deadline");
  EXPECT_EQ(score_error_name(ScoreError::ModelFailed), "model");
  EXPECT_EQ(score_error_name(ScoreError::Stopped), "stopped");
  EXPECT_EQ(score_error_name(ScoreError::Gone), "gone");
  EXPECT_EQ(score_error_name(ScoreError::Internal), "internal");
}

/// Remembers by when it was to answer, and says that another one did.
class PunctualModel : public SumModel {
 public:
  explicit PunctualModel(std::vector<steady_clock::time_point>& deadlines) : deadlines_(deadlines) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    deadlines_.push_back(batch.deadline);
    return SumModel::run(batch, logits);
  }
  std::string_view stand_in_cause() const override { return "timeout"; }

 private:
  std::vector<steady_clock::time_point>& deadlines_;
};

TEST_F(BatcherTest, TellsTheModelTheEarliestDeadlineAndTheMessagesWhoStoodIn) {
  std::vector<steady_clock::time_point> deadlines;
  std::vector<std::unique_ptr<Model>> models;
  models.push_back(std::make_unique<PunctualModel>(deadlines));
  BatchSettings settings;
  settings.max_batch_size = 2;
  settings.max_queue_delay = hours(1);
  const auto batcher = make_batcher(std::move(models), settings);
  const auto soon = steady_clock::now() + hours(1), later = soon + hours(1);
  for (const auto& pair : {std::pair(later, soon), std::pair(later, later)}) {
    const auto first = batcher->submit(features_of({1}), pair.first),
               second = batcher->submit(features_of({2}), pair.second);
    EXPECT_EQ(await(*first).stand_in_cause, "timeout");
    await(*second);
  }
  EXPECT_THAT(deadlines, ElementsAre(soon, later));
}

TEST_F(BatcherTest, AnswersDeadlineToAMessageThatWaitedTooLong) {
  const auto gate = std::make_shared<Gate>();
  const auto batcher = make({}, 1, gate);
  const auto running = batcher->submit(features_of({1}));
  gate->await_arrivals(1);
  const auto late = batcher->submit(features_of({2}), steady_clock::now());
  gate->open();
  EXPECT_EQ(await(*late).error, ScoreError::Deadline);
  EXPECT_THAT(log_->tokens, ElementsAre(1));
}

TEST_F(BatcherTest, LooksAgainAtAMessageThatCameWhileAllModelsWereBusyOnceItIsDue) {
  const auto gate = std::make_shared<Gate>();
  BatchSettings settings;
  settings.max_batch_tokens = 2;
  settings.max_queue_delay = std::chrono::milliseconds(300);
  const auto batcher = make(settings, 1, gate);
  const auto full = batcher->submit(features_of({1, 1}));  // a batch of its own: no timer runs
  gate->await_arrivals(1);
  const auto waiting = batcher->submit(features_of({3}));
  gate->open();
  EXPECT_TRUE(waiting->wait_until(steady_clock::now() + std::chrono::seconds(30)));
}

}  // namespace
}  // namespace winnow
