#include "models/base.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <utility>

#include "engine/model_file.h"
#include "engine/model_loader.h"
#include "engine/torch_backend.h"
#include "models/evaluate.h"

namespace winnow {
namespace {

Status read_checked(const std::filesystem::path& file, TorchBackend& backend, Base& base) {
  std::string error;
  auto read = read_model_file(file, error);
  if (!read) return Status::failed(error);
  Manifest manifest;
  if (Status status = read_manifest(&backend, read->bytes, manifest); !status) return status;
  // What is trained here holds for as much spam as ham; the prior is of the first label only.
  manifest.calibration.front().intercept += prior_shift(manifest.prior_spam, 0.5);
  manifest.prior_spam = 0.5;
  base = {std::move(read->bytes), std::move(read->sha256), std::move(manifest)};
  return Status::ok();
}

double one_minus_auc(const std::vector<CalibrationSample>& samples) {
  std::vector<ScoredMail> scored;
  for (const CalibrationSample& sample : samples)
    scored.push_back({"", "", sample.positive ? Label::Spam : Label::Ham, sample.logit});
  return evaluate(scored).one_minus_auc;
}

/// nullopt when a half lacks a class.
std::optional<double> crossed_loss(const std::vector<CalibrationSample>& samples) {
  double loss = 0;
  for (const std::size_t half : {0u, 1u}) {
    std::vector<CalibrationSample> fitted_on, measured;
    std::size_t seen[2] = {0, 0};  // of each class, which is halved by itself
    for (const CalibrationSample& sample : samples)
      (seen[sample.positive ? 1 : 0]++ % 2 == half ? fitted_on : measured).push_back(sample);
    const std::optional<Calibration> fitted = fit_calibration(fitted_on);
    if (!fitted) return std::nullopt;
    loss += mean_loss(measured, *fitted) / 2;
  }
  return loss;
}

/// Whether it gives 50 % or 90 % to a logit to which the other gives less.
bool is_surer(const Calibration& one, const Calibration& other) {
  if (!(other.slope > 0)) return true;
  for (const double odds : {1.0, 9.0}) {
    const double logit = (std::log(odds) - other.intercept) / other.slope;
    if (one.slope * logit + one.intercept > std::log(odds)) return true;
  }
  return false;
}

}  // namespace

std::optional<Base> read_base(const std::filesystem::path& file, TorchBackend& backend, Diagnostics& problems) {
  Base base;
  const Status status = read_checked(file, backend, base);
  if (status) return base;
  problems.error(in_file(file), "base: " + status.error());
  return std::nullopt;
}

std::size_t table_size_from(const Base& base, FeatureSet set) {
  const bool grows = set == FeatureSet::Site && feature_set_of(base.manifest.schema_id) == FeatureSet::General;
  return grows ? 2 * base.manifest.table_size : base.manifest.table_size;
}

std::string BaseComparison::text() const {
  char text[160];
  std::snprintf(text, sizeof text, "loss %.4f, 1-AUC %.3f %%; the base: loss %.4f, 1-AUC %.3f %%", own_loss,
                100 * own_one_minus_auc, base_loss, 100 * base_one_minus_auc);
  return text;
}

std::optional<BaseComparison> compare_with_base(const std::vector<CalibrationSample>& base,
                                                const Calibration& calibration,
                                                const std::vector<CalibrationSample>& own) {
  const std::optional<double> fitted = crossed_loss(own);
  if (!fitted) return std::nullopt;
  const double kept = mean_loss(own, calibration);
  const bool keeps = kept < *fitted || is_surer(*fit_calibration(own), calibration);
  return BaseComparison{mean_loss(base, calibration), keeps ? kept : *fitted, one_minus_auc(base), one_minus_auc(own),
                        keeps};
}

double way_from_base(const std::vector<double>& losses) {
  const double best = *std::min_element(losses.begin(), losses.end());
  const double enough = losses.front() - kEnoughGain * (losses.front() - best);
  if (!(best < losses.front())) return 1;
  const auto first = std::find_if(losses.begin(), losses.end(), [enough](double loss) { return loss <= enough; });
  return static_cast<double>(first - losses.begin()) / static_cast<double>(losses.size() - 1);
}

}  // namespace winnow
