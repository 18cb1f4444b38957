// ranking.h - messages in the order of their probability, and what follows from that order.
//
// Owns:    plain values.
// Threads: all functions from any thread.
// Fails:   rates of a label that is missing are NaN, and figures that need both.
// Units:   rates and probabilities 0..1. Counts are doubles, so that resampled mail has them too.
#pragma once

#include <vector>

#include "models/evaluate.h"

namespace winnow {

/// Mail of the same probability: no threshold can tell it apart.
struct RankGroup {
  double probability = 0;
  double spam = 0, ham = 0;
};

struct Ranking {
  std::vector<RankGroup> groups;  // from the most to the least probable spam; some may be empty after resampling
  double spam = 0, ham = 0;       // of all groups together
};

Ranking rank(const std::vector<ScoredMail>& mail);
Evaluation figures_of(const Ranking& ranking);

/// What a threshold does: the share of the spam and of the ham with that probability or more.
struct AtThreshold {
  double threshold = 0;
  double recall = 0, fpr = 0;
};
AtThreshold at_threshold(const Ranking& ranking, double threshold);
/// After each group, from (0, 0) to (1, 1): the ROC curve.
std::vector<AtThreshold> roc_of(const Ranking& ranking);

/// A bin of the reliability diagram; the bins of equal size that the ECE is made of.
struct ReliabilityBin {
  double messages = 0;
  double mean_probability = 0, share_of_spam = 0;
};
std::vector<ReliabilityBin> reliability_of(const Ranking& ranking);

}  // namespace winnow
