// stand_in_notice.h - tells the log when another model begins to judge instead of the settings', and when it has ended:
// a lost GPU or pool is worth one warning, not only a word in the line of each message.
//
// Owns:    nothing; the log must outlive it.
// Threads: every method from any thread.
// Blocks:  for the log, when there is something to tell.
// Fails:   never, but for what the log throws.
// Units:   it has ended when messages come and none was judged so for a minute.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "engine/thread_annotations.h"
#include "milter/log.h"

namespace winnow {

class StandInNotice {
 public:
  explicit StandInNotice(Log& log) : log_(log) {}

  /// Of each judged message; `cause` as Judgement::stand_in_cause.
  void saw(std::string_view cause, std::chrono::steady_clock::time_point now) EXCLUDES(mutex_);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void begin_or_go_on(std::string_view cause, TimePoint now) REQUIRES(mutex_);
  void end(TimePoint now) REQUIRES(mutex_);

  Log& log_;
  std::atomic<bool> goes_on_{false};  // changed under the mutex; most messages look no further
  Mutex mutex_;
  TimePoint since_ GUARDED_BY(mutex_), latest_ GUARDED_BY(mutex_);
  std::uint64_t messages_ GUARDED_BY(mutex_) = 0;
};

}  // namespace winnow
