// activity_count.h - counts what is under way, up to a limit, and lets one thread wait for it to end.
//
// Threads: every method from any thread.
// Blocks:  enter_until and wait_for_zero up to their time; the others only for the lock.
// Fails:   enter() refuses when the limit is reached, enter_until() when it is reached all that time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>

#include "engine/thread_annotations.h"

namespace winnow {

class ActivityCount {
 public:
  bool enter(std::size_t limit) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (count_ >= limit) return false;
    ++count_;
    return true;
  }
  /// Waits for a place. Who comes later gets none before those who wait.
  bool enter_until(std::size_t limit, std::chrono::steady_clock::time_point until) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (count_ < limit) {
      ++count_;
      return true;
    }
    ++waiting_;
    while (handed_over_ == 0 && place_.wait_until(mutex_, until) != std::cv_status::timeout) continue;
    --waiting_;
    if (handed_over_ == 0) return false;
    --handed_over_;
    return true;
  }
  void leave() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    last_leave_ = std::chrono::steady_clock::now();
    if (handed_over_ < waiting_) {
      ++handed_over_;  // the place stays taken
      place_.notify_one();
      return;
    }
    --count_;
    if (count_ == 0) changed_.notify_all();
  }
  std::size_t count() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return count_;
  }
  std::chrono::steady_clock::time_point last_leave() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return last_leave_;
  }
  /// True when nothing was under way at some moment before `until`.
  bool wait_for_zero(std::chrono::steady_clock::time_point until) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    while (count_ > 0) {
      if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) return count_ == 0;
    }
    return true;
  }

 private:
  mutable Mutex mutex_;
  std::condition_variable_any place_, changed_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0, handed_over_ GUARDED_BY(mutex_) = 0;
  std::chrono::steady_clock::time_point last_leave_ GUARDED_BY(mutex_);
};

/// One unit of an ActivityCount, given back when it goes out of scope.
class Activity {
 public:
  Activity(ActivityCount& count, std::size_t limit) : count_(count.enter(limit) ? &count : nullptr) {}
  Activity(ActivityCount& count, std::size_t limit, std::chrono::steady_clock::time_point until)
      : count_(count.enter_until(limit, until) ? &count : nullptr) {}
  ~Activity() {
    if (count_ != nullptr) count_->leave();
  }
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;
  explicit operator bool() const { return count_ != nullptr; }

 private:
  ActivityCount* count_;
};

}  // namespace winnow
