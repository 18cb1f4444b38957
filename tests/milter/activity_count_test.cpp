#include "milter/activity_count.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

TEST(ActivityCount, RefusesWhenThereIsNoPlaceAllThatTime) {
  ActivityCount count;
  ASSERT_TRUE(count.enter(1));
  EXPECT_FALSE(count.enter(1));
  EXPECT_FALSE(count.enter_until(1, Clock::now() + std::chrono::milliseconds(5)));
  count.leave();
  EXPECT_EQ(count.count(), 0u) << "who gave up waiting holds no place";
  EXPECT_TRUE(count.enter_until(1, Clock::now()));
}

TEST(ActivityCount, LetsAllInOneAfterTheOtherAndNoMoreThanTheLimit) {
  constexpr std::size_t kLimit = 2;
  ActivityCount count;
  std::atomic<std::size_t> inside{0}, most{0}, done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 200; ++turn) {
        const Activity place(count, kLimit, Clock::now() + std::chrono::seconds(60));
        if (!place) return;
        const std::size_t now = ++inside;
        for (std::size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        --inside;
        ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 8u * 200u);
  EXPECT_LE(most, kLimit);
  EXPECT_EQ(count.count(), 0u);
}

}  // namespace
}  // namespace winnow
