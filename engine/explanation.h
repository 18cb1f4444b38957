// explanation.h - why a message got its probability: what a reader of the mail can see, in log-odds that add up.
//
// Owns:    plain values. Texts hold text of the mail; whoever prints them escapes them.
// Threads: any; the model runs where the Batcher says.
// Blocks:  as attribute() does.
// Fails:   `error` says why, and the rest is then not to be used; never throws.
// Units:   log-odds of the calibrated probability: +0.69 doubles the odds of the label.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/attribution.h"
#include "engine/message/message.h"

namespace winnow {

struct Contribution {
  std::string text;     // `subject word "invoice"`, `link text names paypal.com, target does not`
  double log_odds = 0;  // above 0 speaks for the label
};

/// A dense feature by the name that rules know, and what it and the tokens made of it contribute.
struct NamedContribution {
  std::string_view name;
  double value = 0;
  double log_odds = 0;
};

/// log_odds = start + prior_shift + all contributions + remainder.
struct Explanation {
  std::string label;
  double start = 0;                         // of a message of which nothing is known
  double prior_shift = 0;                   // to the site's own share of spam
  double log_odds = 0;                      // of this message's probability
  double remainder = 0;                     // what the contributions miss
  bool adds_up = false;                     // the remainder is within kAttributionTolerance
  std::size_t points = 0;                   // gradients taken
  std::chrono::nanoseconds cpu{0};          // processor time of the model
  std::vector<Contribution> contributions;  // strongest first; at most as many as the limits say
  std::vector<NamedContribution> features;  // all, in model order; they are among the contributions, too
  ScoreError cause = ScoreError::None;      // of the error
  std::string error;
};

struct ExplanationLimits {
  AttributionLimits path;
  // The strongest contributions are told: this many that speak for the label, this many that speak against it.
  std::size_t most_for = SIZE_MAX, most_against = SIZE_MAX;
};

/// `label` counts in the order of the manifest.
Explanation explain(const Engine& engine, const Message& message, std::size_t label, const ExplanationLimits& limits);

}  // namespace winnow
