// circuit_breaker.h - leaves a server alone that keeps failing, and tries it again after ever longer pauses.
//
// Owns:    plain numbers.
// Threads: none of its own; who shares one locks.
// Fails:   never. Time comes in, so that tests tell it.
#pragma once

#include <chrono>

namespace winnow {

struct BreakerSettings {
  unsigned failures_to_open = 3;  // in a row
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{60'000};  // each failed trial doubles the pause up to this
};

class CircuitBreaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit CircuitBreaker(const BreakerSettings& settings = {}) : settings_(settings) {}

  /// Whether a request may go out now. While it is open that is one trial after each pause.
  bool admits(TimePoint now);
  void succeeded();
  void failed(TimePoint now);
  bool is_open() const { return pause_.count() > 0; }

 private:
  BreakerSettings settings_;
  unsigned failures_ = 0;
  std::chrono::milliseconds pause_{0};  // 0 = closed
  TimePoint next_trial_{};
  bool on_trial_ = false;
};

}  // namespace winnow
