// contributions.h - what each feature of one message does to its score: the score with it minus the score without it.
//
// Owns:    plain values.
// Threads: one caller; the model runs on the engine's own threads.
// Blocks:  for one model run per feature of the message, in batches.
// Fails:   `error` says why, and the lists are then empty; never throws.
// Units:   log-odds of the calibrated probability before the shift to the site's prior: +0.69 doubles the odds of spam.
//
// Leaving one feature out shows what the model really does with it. Features that say the same thing share their
// effect, so contributions need not add up to the score.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/message/message.h"

namespace winnow {

struct Contribution {
  std::string name;
  double value = 0;   // the feature's value or the token's weight
  double change = 0;  // log-odds; above 0 speaks for spam
};

struct Contributions {
  double log_odds = 0;               // of the whole message
  std::vector<Contribution> tokens;  // strongest first
  std::vector<Contribution> dense;   // in model order; change is 0 where value is 0
  std::string error;
};

/// At most `max_in_flight` runs wait at once: no more than the engine's queue holds.
Contributions contributions_of(const Engine& engine, const Message& message, std::size_t max_in_flight);

}  // namespace winnow
