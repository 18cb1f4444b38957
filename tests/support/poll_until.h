// poll_until.h - waits for a condition, with a limit that only a broken program reaches.
#pragma once

#include <chrono>
#include <thread>

namespace winnow {

template <typename Condition>
bool poll_until(Condition&& holds, std::chrono::seconds limit = std::chrono::seconds(60)) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace winnow
