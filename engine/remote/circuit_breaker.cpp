#include "engine/remote/circuit_breaker.h"

#include <algorithm>

namespace winnow {

bool CircuitBreaker::admits(TimePoint now) {
  if (!is_open()) return true;
  if (now < next_trial_) return false;
  on_trial_ = true;
  next_trial_ = now + pause_;  // another one, should this one's end never be told
  return true;
}

void CircuitBreaker::succeeded() {
  failures_ = 0;
  pause_ = {};
  on_trial_ = false;
}

void CircuitBreaker::failed(TimePoint now) {
  if (!is_open()) {
    if (++failures_ < settings_.failures_to_open) return;
    pause_ = settings_.first_pause;
  } else {
    if (!on_trial_) return;  // sent before it opened
    pause_ = std::min(2 * pause_, settings_.longest_pause);
  }
  on_trial_ = false;
  next_trial_ = now + pause_;
}

}  // namespace winnow
