#include "models/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace winnow {
namespace {

/// Messages of each label imagined beside those that are there: half of one is what Jeffreys' prior says.
constexpr double kPrior = 0.5;

struct ClassWeight {
  double sum = 0, squares = 0;

  void add(double weight) {
    sum += weight;
    squares += weight * weight;
  }
  double effective_count() const { return sum * sum / squares; }
};

struct Targets {
  double positive = 1, negative = 0;
  double of(const CalibrationSample& sample) const { return sample.positive ? positive : negative; }
};

std::optional<Targets> smoothed_targets(const std::vector<CalibrationSample>& samples) {
  ClassWeight positive, negative;
  for (const CalibrationSample& sample : samples) {
    if (!std::isfinite(sample.logit)) return std::nullopt;
    (sample.positive ? positive : negative).add(sample.weight);
  }
  if (!(positive.sum > 0) || !(negative.sum > 0)) return std::nullopt;
  const double positives = positive.effective_count(), negatives = negative.effective_count();
  return Targets{(positives + kPrior) / (positives + 2 * kPrior), kPrior / (negatives + 2 * kPrior)};
}

/// log(1 + e^x) without overflow.
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

double weighted_loss(const std::vector<CalibrationSample>& samples, const Targets& targets, const Calibration& at) {
  double loss = 0;
  for (const CalibrationSample& sample : samples) {
    const double x = at.slope * sample.logit + at.intercept;
    loss += sample.weight * (softplus(x) - targets.of(sample) * x);
  }
  return loss;
}

/// Gradient and Hessian of the loss in (slope, intercept).
struct Derivatives {
  double g_slope = 0, g_intercept = 0;
  double h_slope = 1e-12, h_intercept = 1e-12, h_both = 0;  // a little on the diagonal keeps it invertible

  Derivatives(const std::vector<CalibrationSample>& samples, const Targets& targets, const Calibration& at) {
    for (const CalibrationSample& sample : samples) {
      const double p = sigmoid(at.slope * sample.logit + at.intercept);
      const double residual = sample.weight * (p - targets.of(sample));
      const double curvature = sample.weight * p * (1 - p);
      g_slope += residual * sample.logit;
      g_intercept += residual;
      h_slope += curvature * sample.logit * sample.logit;
      h_intercept += curvature;
      h_both += curvature * sample.logit;
    }
  }
  double largest() const { return std::max(std::abs(g_slope), std::abs(g_intercept)); }
};

/// One damped Newton step; false when no step makes the loss smaller.
bool newton_step(const std::vector<CalibrationSample>& samples, const Targets& targets, const Derivatives& d,
                 Calibration& at, double& loss) {
  const double determinant = d.h_slope * d.h_intercept - d.h_both * d.h_both;
  const double slope_step = -(d.h_intercept * d.g_slope - d.h_both * d.g_intercept) / determinant;
  const double intercept_step = -(d.h_slope * d.g_intercept - d.h_both * d.g_slope) / determinant;
  for (double scale = 1; scale >= 1e-10; scale /= 2) {
    const Calibration next{at.slope + scale * slope_step, at.intercept + scale * intercept_step};
    const double next_loss = weighted_loss(samples, targets, next);
    if (next_loss < loss) {
      at = next;
      loss = next_loss;
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Calibration> fit_calibration(const std::vector<CalibrationSample>& samples) {
  const std::optional<Targets> targets = smoothed_targets(samples);
  if (!targets) return std::nullopt;
  Calibration at{1.0, 0.0};
  double loss = weighted_loss(samples, *targets, at);
  constexpr int kMaxSteps = 100;
  for (int step = 0; step < kMaxSteps; ++step) {
    const Derivatives derivatives(samples, *targets, at);
    if (derivatives.largest() < 1e-9 || !newton_step(samples, *targets, derivatives, at, loss)) break;
  }
  at.slope = std::max(at.slope, 0.0);
  return at;
}

Calibration lowered_for_ham(const Calibration& calibration, const std::vector<std::vector<double>>& ham_by_origin,
                            const std::vector<HamLimit>& limits) {
  Calibration lowered = calibration;
  for (std::vector<double> logits : ham_by_origin) {
    std::sort(logits.begin(), logits.end(), std::greater<>());
    for (const HamLimit& limit : limits) {
      const auto allowed = static_cast<std::size_t>(limit.share * static_cast<double>(logits.size()));
      if (allowed >= logits.size()) continue;
      // The first that may not reach it any more, and a hair below it.
      const double highest = std::log(limit.probability / (1 - limit.probability)) - 1e-6;
      lowered.intercept = std::min(lowered.intercept, highest - calibration.slope * logits[allowed]);
    }
  }
  return lowered;
}

double mean_loss(const std::vector<CalibrationSample>& samples, const Calibration& calibration) {
  double weight = 0;
  for (const CalibrationSample& sample : samples) weight += sample.weight;
  return weighted_loss(samples, Targets{}, calibration) / weight;
}

}  // namespace winnow
