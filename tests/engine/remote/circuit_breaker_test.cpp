#include "engine/remote/circuit_breaker.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

using std::chrono::milliseconds;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.failed(now_);
  }

  CircuitBreaker::TimePoint now_{std::chrono::hours(1)};
  CircuitBreaker breaker_{
      {.failures_to_open = 3, .first_pause = milliseconds(100), .longest_pause = milliseconds(350)}};
};

TEST_F(CircuitBreakerTest, AdmitsUntilTheThirdFailureInARow) {
  fail(2);
  EXPECT_TRUE(breaker_.admits(now_));
  fail(1);
  EXPECT_FALSE(breaker_.admits(now_));
}

TEST_F(CircuitBreakerTest, CountsFailuresAnewAfterASuccess) {
  fail(2);
  breaker_.succeeded();
  fail(2);
  EXPECT_TRUE(breaker_.admits(now_));
}

TEST_F(CircuitBreakerTest, AdmitsOneTrialAfterThePause) {
  fail(3);
  now_ += milliseconds(99);
  EXPECT_FALSE(breaker_.admits(now_));
  now_ += milliseconds(1);
  EXPECT_TRUE(breaker_.admits(now_));
  EXPECT_FALSE(breaker_.admits(now_)) << "one, not two";
}

TEST_F(CircuitBreakerTest, ClosesAfterATrialThatSucceeds) {
  fail(3);
  now_ += milliseconds(100);
  ASSERT_TRUE(breaker_.admits(now_));
  breaker_.succeeded();
  EXPECT_FALSE(breaker_.is_open());
  EXPECT_TRUE(breaker_.admits(now_));
}

TEST_F(CircuitBreakerTest, DoublesThePauseUpToTheLongest) {
  fail(3);
  for (const milliseconds pause : {milliseconds(100), milliseconds(200), milliseconds(350), milliseconds(350)}) {
    now_ += pause - milliseconds(1);
    EXPECT_FALSE(breaker_.admits(now_));
    now_ += milliseconds(1);
    ASSERT_TRUE(breaker_.admits(now_));
    fail(1);
  }
}

TEST_F(CircuitBreakerTest, IgnoresFailuresOfRequestsThatWereSentBeforeItOpened) {
  fail(10);
  now_ += milliseconds(100);
  EXPECT_TRUE(breaker_.admits(now_));
}

TEST_F(CircuitBreakerTest, AdmitsAnotherTrialWhenTheEndOfOneIsNeverTold) {
  fail(3);
  now_ += milliseconds(100);
  ASSERT_TRUE(breaker_.admits(now_));
  now_ += milliseconds(100);
  EXPECT_TRUE(breaker_.admits(now_));
}

TEST_F(CircuitBreakerTest, CountsFailuresAnewAfterATrialThatSucceeded) {
  fail(3);
  now_ += milliseconds(100);
  ASSERT_TRUE(breaker_.admits(now_));
  breaker_.succeeded();
  fail(2);
  EXPECT_TRUE(breaker_.admits(now_));
}

}  // namespace
}  // namespace winnow
