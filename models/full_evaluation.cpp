#include "models/full_evaluation.h"

#include <cmath>
#include <utility>

namespace winnow {
namespace {

constexpr int kThresholds = 99;

ProbabilityError error_of(const std::vector<ScoredMail>& mail) {
  const Evaluation figures = evaluate(mail);
  return {figures.ece, figures.brier};
}

/// The odds of a site that has `to` instead of `from` spam (as engine/manifest.h's calibrate() shifts a logit).
double shift_prior(double probability, double from, double to) {
  const double spam = probability * to / from, ham = (1 - probability) * (1 - to) / (1 - from);
  return spam / (spam + ham);
}

std::vector<ScoredMail> at_own_prior(std::vector<ScoredMail> mail, double prior) {
  double spam = 0;
  for (const ScoredMail& one : mail) spam += is_spam(one.label) ? 1 : 0;
  // Half a message of each label keeps mail of one label from a prior that makes every probability 0 or 1.
  const double own = (spam + 0.5) / (static_cast<double>(mail.size()) + 1);
  for (ScoredMail& one : mail) one.probability = shift_prior(one.probability, prior, own);
  return mail;
}

std::optional<CalibrationEffect> calibration_effect(std::vector<ScoredMail> mail, std::optional<double> prior) {
  for (const ScoredMail& one : mail) {
    if (!one.uncalibrated) return std::nullopt;
  }
  CalibrationEffect effect;
  effect.after = error_of(mail);
  effect.at_own_prior = prior ? error_of(at_own_prior(mail, *prior)) : ProbabilityError{std::nan(""), std::nan("")};
  for (ScoredMail& one : mail) one.probability = *one.uncalibrated;
  effect.before = error_of(mail);
  return effect;
}

}  // namespace

std::map<std::string, FullEvaluation> evaluate_in_full(const std::vector<ScoredMail>& mail,
                                                       const EvaluationOptions& options) {
  std::map<std::string, FullEvaluation> by_corpus;
  for (const auto& [corpus, part] : mail_by_corpus(mail)) {
    const Ranking ranking = rank(part);
    FullEvaluation& full = by_corpus[corpus];
    full.figures = figures_of(ranking);
    if (options.bootstrap.resamples > 0) full.intervals = bootstrap_intervals(part, options.bootstrap);
    full.calibration = calibration_effect(part, options.prior);
    for (int percent = 1; percent <= kThresholds; ++percent) {
      full.thresholds.push_back(at_threshold(ranking, percent / 100.0));
    }
  }
  return by_corpus;
}

}  // namespace winnow
