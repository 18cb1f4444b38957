// attribution.h - how much each feature of one message adds to a label's logit: integrated gradients.
//
// Owns:    plain values; the engine is borrowed for the call.
// Threads: any; the model runs where the Batcher says.
// Blocks:  for a few model calls, at most until `until`.
// Fails:   `error` says why, and the rest is then not to be used; never throws.
// Units:   logits. Contributions add up to the message's logit minus the logit of a message without any feature.
// Source:  Sundararajan, Taly, Yan 2017, "Axiomatic Attribution for Deep Networks", section 3.
//
// The path leads from all weights and dense values at 0 to those of the message. The trapezoidal rule looks first at
// evenly spaced points, then halves the steps in which the logit moves otherwise than its gradients say: a network of
// rectifiers is straight nearly everywhere, and bent at a few points of the path.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace winnow {

/// The contributions may miss what they explain by this share, unless the reader asks for less.
inline constexpr double kAttributionTolerance = 0.01;

struct AttributionLimits {
  std::chrono::steady_clock::time_point until;
  std::size_t max_points = 256;  // gradients taken along the path
  std::size_t first_steps = 8;   // evenly spaced, before any is halved
  double tolerance = kAttributionTolerance;
};

struct Attribution {
  double start = 0;            // logit without any feature
  double logit = 0;            // of the message
  std::vector<double> tokens;  // in the order of Features
  std::vector<double> dense;   // in the order of Features
  double remainder = 0;        // logit - start - all contributions
  std::size_t points = 0;
  std::chrono::nanoseconds cpu{0};      // processor time of the model
  bool adds_up = false;                 // within the tolerance of logit - start
  ScoreError cause = ScoreError::None;  // of the error
  std::string error;
};

Attribution attribute(const Engine& engine, const Features& features, std::size_t label,
                      const AttributionLimits& limits);

}  // namespace winnow
