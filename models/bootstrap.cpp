#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "models/evaluation_columns.h"
#include "models/full_evaluation.h"

namespace winnow {
namespace {

/// Draws mail with replacement by counting up its groups: the order is known, so a resample is never sorted.
class Resampler {
 public:
  Resampler(const std::vector<ScoredMail>& mail, std::uint32_t seed) : drawn_(rank(mail)), random_(seed) {
    for (std::size_t at = 0; at < drawn_.groups.size(); ++at) {
      spam_.insert(spam_.end(), static_cast<std::size_t>(drawn_.groups[at].spam), at);
      ham_.insert(ham_.end(), static_cast<std::size_t>(drawn_.groups[at].ham), at);
    }
  }

  const Ranking& draw() {
    for (RankGroup& group : drawn_.groups) group.spam = group.ham = 0;
    for (std::size_t i = 0; i < spam_.size(); ++i) ++drawn_.groups[spam_[below(spam_.size())]].spam;
    for (std::size_t i = 0; i < ham_.size(); ++i) ++drawn_.groups[ham_[below(ham_.size())]].ham;
    return drawn_;
  }

 private:
  /// std::uniform_int_distribution may differ between libraries; this does not (Lemire 2019, without the rejection).
  std::size_t below(std::size_t end) { return static_cast<std::size_t>((std::uint64_t{random_()} * end) >> 32); }

  Ranking drawn_;
  std::vector<std::size_t> spam_, ham_;  // the group of each message
  std::mt19937 random_;
};

std::size_t affordable_resamples(std::size_t wanted, std::size_t messages) {
  const std::size_t affordable = std::max(kFewestResamples, kMaxDraws / std::max<std::size_t>(1, messages));
  return std::min(wanted, affordable);
}

/// The value that this share of the sorted ones lies below.
double percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace

Intervals bootstrap_intervals(const std::vector<ScoredMail>& mail, const BootstrapOptions& options) {
  Intervals intervals;
  intervals.resamples = affordable_resamples(options.resamples, mail.size());
  Resampler resampler(mail, options.seed);
  std::vector<Evaluation> drawn;
  for (std::size_t i = 0; i < intervals.resamples; ++i) drawn.push_back(figures_of(resampler.draw()));
  intervals.low = intervals.high = evaluate(mail);
  const double tail = (1 - kConfidence) / 2;
  for (const auto& [key, heading, figure, digits] : kEvaluationColumns) {
    // What is unknown of the mail is unknown of each resample, too: both have the same labels.
    if (std::isnan(intervals.low.*figure) || drawn.empty()) continue;
    std::vector<double> values;
    for (const Evaluation& one : drawn) values.push_back(one.*figure);
    std::sort(values.begin(), values.end());
    intervals.low.*figure = percentile(values, tail);
    intervals.high.*figure = percentile(values, 1 - tail);
  }
  return intervals;
}

}  // namespace winnow
