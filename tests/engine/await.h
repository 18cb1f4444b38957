// await.h - the outcome of a ticket, for tests that must end.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "engine/batcher.h"

namespace winnow {

inline std::chrono::steady_clock::time_point patience() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(60);
}

inline Outcome await(Ticket& ticket) {
  const auto outcome = ticket.wait_until(patience());
  if (outcome) return *outcome;
  ADD_FAILURE() << "no outcome within a minute";
  return {};
}

}  // namespace winnow
