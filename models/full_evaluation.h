// full_evaluation.h - all that `winnow evaluate` says: figures with their uncertainty, what calibration did,
// thresholds.
//
// Owns:    plain values.
// Threads: all functions from any thread.
// Blocks:  for the resampling, at most a second or two: with much mail fewer resamples are drawn (kMaxDraws).
// Fails:   a figure that cannot be known is NaN, as in evaluate.h, and so is its interval.
// Units:   rates and probabilities 0..1; tables show percent.
// Source:  percentile bootstrap (Efron & Tibshirani 1993, 13.3), drawn within each label, so that a sample keeps the
//          share of spam. What a resample repeats looks surer than it is, so the interval of the ECE lies high; and
//          where nothing was wrong, nothing is in any resample: then up to 3/n may still be wrong (Hanley &
//          Lippman-Hand 1983).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/evaluate.h"
#include "models/ranking.h"

namespace winnow {

struct BootstrapOptions {
  std::size_t resamples = 1000;  // 0 = no intervals
  std::uint32_t seed = 1;        // the same mail and seed give the same intervals
};

inline constexpr double kConfidence = 0.95;  // of the intervals
inline constexpr std::size_t kFewestResamples = 200, kMostResamples = 10'000;
inline constexpr std::size_t kMaxDraws = 100'000'000;  // messages drawn, in all resamples of a corpus

/// Lower and upper end of each figure's interval; the counts are those of the mail.
struct Intervals {
  std::size_t resamples = 0;
  Evaluation low, high;
};
Intervals bootstrap_intervals(const std::vector<ScoredMail>& mail, const BootstrapOptions& options);

struct ProbabilityError {
  double ece = 0, brier = 0;
};

/// The same mail by the model's bare logit (slope 1, intercept 0), as it is calibrated, and with the prior set to the
/// share of spam that this mail really has, as a site would with `prior_spam`.
struct CalibrationEffect {
  ProbabilityError before, after, at_own_prior;
};

struct FullEvaluation {
  Evaluation figures;
  std::optional<Intervals> intervals;
  std::optional<CalibrationEffect> calibration;  // unless the scores came without logits
  std::vector<AtThreshold> thresholds;           // 1 % to 99 %
};

/// `prior` is the share of spam for which the probabilities hold; without it nothing is shifted to the mail's own.
struct EvaluationOptions {
  BootstrapOptions bootstrap;
  std::optional<double> prior;
};

/// Per corpus, and "" for all together.
std::map<std::string, FullEvaluation> evaluate_in_full(const std::vector<ScoredMail>& mail,
                                                       const EvaluationOptions& options);

/// As evaluation_table(); below each row one with the intervals, when there are any.
std::string full_evaluation_table(const std::map<std::string, FullEvaluation>& by_corpus);
/// ECE and Brier before and after; "" when nothing is known of before.
std::string calibration_table(const std::map<std::string, FullEvaluation>& by_corpus);
/// A row per threshold, for each corpus "recall / ham judged spam".
std::string threshold_table(const std::map<std::string, FullEvaluation>& by_corpus);
/// evaluation_json() with "intervals", "calibration" and "thresholds" in each object.
std::string full_evaluation_json(const std::map<std::string, FullEvaluation>& by_corpus);

}  // namespace winnow
