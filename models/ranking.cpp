#include "models/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace winnow {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr int kBins = 15;

double share(double part, double whole) { return whole > 0 ? part / whole : kUnknown; }

double auc_of(const Ranking& ranking) {
  double spam_above = 0, pairs = 0;
  for (const RankGroup& group : ranking.groups) {
    pairs += group.ham * (spam_above + group.spam / 2);
    spam_above += group.spam;
  }
  return share(pairs, ranking.spam * ranking.ham);
}

double recall_at_fpr(const Ranking& ranking, double max_fpr) {
  if (ranking.ham == 0 || ranking.spam == 0) return kUnknown;
  double spam_above = 0, ham_above = 0;
  for (const RankGroup& group : ranking.groups) {
    if (ham_above + group.ham > max_fpr * ranking.ham) break;
    spam_above += group.spam;
    ham_above += group.ham;
  }
  return spam_above / ranking.spam;
}

double brier_of(const Ranking& ranking) {
  double sum = 0;
  for (const RankGroup& group : ranking.groups) {
    const double p = group.probability;
    sum += group.spam * (1 - p) * (1 - p) + group.ham * p * p;
  }
  return share(sum, ranking.spam + ranking.ham);
}

double ece_of(const Ranking& ranking) {
  double gaps = 0;
  for (const ReliabilityBin& bin : reliability_of(ranking)) {
    gaps += bin.messages * std::abs(bin.share_of_spam - bin.mean_probability);
  }
  return share(gaps, ranking.spam + ranking.ham);
}

}  // namespace

Ranking rank(const std::vector<ScoredMail>& mail) {
  std::vector<RankGroup> single;
  for (const ScoredMail& one : mail) {
    single.push_back({one.probability, is_spam(one.label) ? 1.0 : 0.0, is_spam(one.label) ? 0.0 : 1.0});
  }
  std::sort(single.begin(), single.end(),
            [](const RankGroup& a, const RankGroup& b) { return a.probability > b.probability; });
  Ranking ranking;
  for (const RankGroup& one : single) {
    if (ranking.groups.empty() || ranking.groups.back().probability != one.probability) {
      ranking.groups.push_back({one.probability, 0, 0});
    }
    ranking.groups.back().spam += one.spam;
    ranking.groups.back().ham += one.ham;
    ranking.spam += one.spam;
    ranking.ham += one.ham;
  }
  return ranking;
}

Evaluation figures_of(const Ranking& ranking) {
  Evaluation figures;
  figures.ham = static_cast<std::size_t>(ranking.ham);
  figures.spam = static_cast<std::size_t>(ranking.spam);
  figures.auc = auc_of(ranking);
  figures.one_minus_auc = 1 - figures.auc;
  figures.recall_at_fpr_01 = recall_at_fpr(ranking, 0.001);
  figures.recall_at_fpr_05 = recall_at_fpr(ranking, 0.005);
  figures.recall_at_fpr_1 = recall_at_fpr(ranking, 0.01);
  const AtThreshold half = at_threshold(ranking, 0.5), high = at_threshold(ranking, 0.9);
  figures.recall_50 = half.recall;
  figures.fpr_50 = half.fpr;
  figures.recall_90 = high.recall;
  figures.fpr_90 = high.fpr;
  figures.ece = ece_of(ranking);
  figures.brier = brier_of(ranking);
  return figures;
}

AtThreshold at_threshold(const Ranking& ranking, double threshold) {
  double spam = 0, ham = 0;
  for (const RankGroup& group : ranking.groups) {
    if (group.probability < threshold) break;
    spam += group.spam;
    ham += group.ham;
  }
  return {threshold, share(spam, ranking.spam), share(ham, ranking.ham)};
}

std::vector<AtThreshold> roc_of(const Ranking& ranking) {
  std::vector<AtThreshold> points = {{1, share(0, ranking.spam), share(0, ranking.ham)}};
  double spam = 0, ham = 0;
  for (const RankGroup& group : ranking.groups) {
    spam += group.spam;
    ham += group.ham;
    points.push_back({group.probability, share(spam, ranking.spam), share(ham, ranking.ham)});
  }
  return points;
}

std::vector<ReliabilityBin> reliability_of(const Ranking& ranking) {
  const double messages = ranking.spam + ranking.ham;
  std::vector<ReliabilityBin> bins;
  double seen = 0;
  std::size_t at = 0;
  for (int number = 1; number <= kBins; ++number) {
    const double planned = std::floor(messages * number / kBins);
    double spam = 0, ham = 0, sum = 0;
    for (; seen < planned && at < ranking.groups.size(); ++at) {
      const RankGroup& group = ranking.groups[at];
      spam += group.spam;
      ham += group.ham;
      sum += (group.spam + group.ham) * group.probability;
      seen += group.spam + group.ham;
    }
    if (spam + ham > 0) bins.push_back({spam + ham, sum / (spam + ham), spam / (spam + ham)});
  }
  return bins;
}

}  // namespace winnow
