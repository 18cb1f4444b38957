// calibration.h - from a logit to a probability that means what it says.
//
// Owns:    plain values.
// Fails:   fit_calibration returns nullopt when a class has no weight or a logit is not a number.
// Source:  Platt 1999 for the sigmoid and its smoothed targets, smoothed by Jeffreys' prior here (Krichevsky & Trofimov
//          1981) instead of Laplace's, which told too little of mail that is easy to tell apart (docs/accuracy.md);
//          Lin, Lin & Weng 2007 for the Newton iteration.
#pragma once

#include <optional>
#include <vector>

#include "engine/manifest.h"

namespace winnow {

struct CalibrationSample {
  double logit = 0;
  bool positive = false;  // has the label that the logit is of
  double weight = 1;
};

/// The slope and intercept with the largest weighted likelihood of the labels. Targets are (n+ + 1/2)/(n+ + 1)
/// for positives and 1/2 / (n- + 1) for the others, n being each class's effective number of messages (sum of weights squared
/// over the sum of squared weights), so that separable mail does not give an endless slope. The slope is
/// never negative.
std::optional<Calibration> fit_calibration(const std::vector<CalibrationSample>& samples);

/// Whether there is one that gives a higher logit a higher probability.
inline bool is_learnt(const std::optional<Calibration>& calibration) { return calibration && calibration->slope > 0; }

/// At most `share` of the ham of any one origin may have this probability or more.
struct HamLimit {
  double probability = 0.5, share = 1;
};

/// When in doubt lower: the calibration with its intercept lowered, where needed, until each list of ham's logits keeps
/// within all limits.
Calibration lowered_for_ham(const Calibration& calibration, const std::vector<std::vector<double>>& ham_by_origin,
                            const std::vector<HamLimit>& limits);

/// Weighted mean of -ln(probability of the true label).
double mean_loss(const std::vector<CalibrationSample>& samples, const Calibration& calibration);

}  // namespace winnow
