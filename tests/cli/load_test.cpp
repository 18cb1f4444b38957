// Load against a target of the test's own.
#include "cli/load.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

#include "tests/support/poll_until.h"

namespace winnow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Answers every message by `answer`.
class FakeTarget : public LoadTarget {
 public:
  using Send = std::function<Status(std::size_t number, LoadAnswer& answer)>;
  explicit FakeTarget(Send answer) : answer_(std::move(answer)) {}

  std::unique_ptr<LoadConnection> connect(std::string& error) const override {
    ++connections;
    if (refuses) error = "refused";
    return refuses ? nullptr : std::make_unique<Connection>(answer_);
  }
  int process() const override { return -1; }

  mutable std::atomic<std::size_t> connections{0};
  bool refuses = false;

 private:
  struct Connection : LoadConnection {
    explicit Connection(const Send& send) : answer(send) {}
    Status send(std::size_t number, LoadAnswer& got) override { return answer(number, got); }
    const Send& answer;
  };

  Send answer_;
};

Status accept(std::size_t /*number*/, LoadAnswer& answer) {
  answer.verdict = "accept";
  answer.end_of_message = microseconds(40);
  return Status::ok();
}

bool go_on(std::size_t /*done*/) { return true; }

void wait_for(milliseconds time) {
  const auto start = std::chrono::steady_clock::now();
  (void)poll_until([&] { return std::chrono::steady_clock::now() - start >= time; });
}

TEST(Load, SendsEachMessageOnceOverAllConnections) {
  std::mutex mutex;
  std::set<std::size_t> numbers;
  const FakeTarget target([&](std::size_t number, LoadAnswer& answer) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(numbers.insert(number).second);
    return accept(number, answer);
  });
  const LoadResult result = run_load({.connections = 7, .messages = 100}, target, go_on);
  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_EQ(result.answered, 100u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_EQ(result.verdicts.at("accept"), 100u);
  EXPECT_EQ(result.whole.size(), 100u);
  EXPECT_EQ(result.end_of_message.front(), 40u);
  EXPECT_EQ(target.connections, 7u);
}

TEST(Load, HasATimeForEachMessageOfARateAndOfABurst) {
  EXPECT_FALSE(due_after({.pace = Pace::Answered}, 3));
  EXPECT_EQ(due_after({.pace = Pace::Rate, .rate = 200}, 0), microseconds(0));
  EXPECT_EQ(due_after({.pace = Pace::Rate, .rate = 200}, 3), microseconds(15'000));
  EXPECT_EQ(due_after({.pace = Pace::Burst}, 3), microseconds(0));
}

/// A server that stalls keeps the messages that come meanwhile waiting: their delay is from their time on.
TEST(Load, CountsTheDelayOfMessagesThatWaitedForAStalledOne) {
  const FakeTarget target([](std::size_t number, LoadAnswer& answer) {
    if (number == 0) wait_for(milliseconds(60));
    return accept(number, answer);
  });
  const LoadResult result =
      run_load({.connections = 1, .pace = Pace::Rate, .rate = 1000, .messages = 10}, target, go_on);
  ASSERT_EQ(result.whole.size(), 10u);
  EXPECT_GE(result.whole.front(), 50'000u) << "due after at most 9 ms, sent after 60";
}

TEST(Load, SendsNothingBeforeItsTime) {
  const FakeTarget target(accept);
  const LoadResult result =
      run_load({.connections = 4, .pace = Pace::Rate, .rate = 1000, .messages = 51}, target, go_on);
  EXPECT_EQ(result.answered, 51u);
  EXPECT_GE(result.seconds, 0.05);
}

TEST(Load, OpensTheConnectionsOfABurstWhenItBegins) {
  const FakeTarget target(accept);
  const LoadResult result = run_load({.connections = 50, .pace = Pace::Burst, .messages = 50}, target, go_on);
  EXPECT_EQ(result.answered, 50u);
}

TEST(Load, TellsAnswersWithoutAVerdictApartFromNoAnswer) {
  const FakeTarget target([](std::size_t number, LoadAnswer& answer) {
    if (number % 10 == 0) return Status::failed("the connection was closed");
    (number % 10 == 1 ? answer.fallback : answer.verdict) = number % 10 == 1 ? "busy, accept" : "junk";
    return Status::ok();
  });
  const LoadResult result = run_load({.connections = 1, .messages = 100}, target, go_on);
  EXPECT_EQ(result.failed, 10u);
  EXPECT_EQ(result.fallbacks.at("busy, accept"), 10u);
  EXPECT_EQ(result.verdicts.at("junk"), 80u);
  EXPECT_EQ(result.error, "the connection was closed");
  EXPECT_EQ(target.connections, 11u) << "a connection that failed is opened anew";
}

TEST(Load, GivesUpAConnectionThatFailsAgainAndAgain) {
  FakeTarget target(accept);
  target.refuses = true;
  const LoadResult result = run_load({.connections = 2, .messages = 1'000'000}, target, go_on);
  EXPECT_EQ(result.answered, 0u);
  EXPECT_EQ(result.failed, 6u);
  EXPECT_EQ(result.error, "refused");
}

TEST(Load, EndsAfterItsDuration) {
  const FakeTarget target(accept);
  const LoadPlan plan{
      .connections = 2, .pace = Pace::Rate, .rate = 100, .messages = 1'000'000, .duration = milliseconds(50)};
  const LoadResult result = run_load(plan, target, go_on);
  EXPECT_LE(result.answered, 6u);
  EXPECT_EQ(result.failed, 0u);
}

TEST(Load, StopsWhenItIsToldTo) {
  const FakeTarget target(accept);
  const LoadPlan plan{.connections = 2, .pace = Pace::Rate, .rate = 0.1, .messages = 1'000'000};
  const LoadResult result = run_load(plan, target, [](std::size_t) { return false; });
  EXPECT_LE(result.answered, 1u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace winnow
