#include "models/fitting.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include "engine/features/features.h"
#include "engine/model_file.h"

namespace winnow {
namespace {

/// What a label beside spam counts in the loss. They share the embedding, and spam decides what becomes of mail.
constexpr double kOtherLabel = 0.25;

/// The order of one epoch; the same for the same seed and epoch, so that a resumed training goes on where it
/// was.
std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed, std::size_t epoch) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed * 1000003 + epoch);
  for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[random() % left]);
  return order;
}

}  // namespace

bool TrainingWork::check(const Status& status) const {
  if (!status) problems.error(in_file(options.output), status.error());
  return static_cast<bool>(status);
}

Fitting::Fitting(const TrainingWork& work, const TrainingSet& set, const FittingPlan& plan, Trainer& trainer)
    : work_(work),
      set_(set),
      plan_(plan),
      trainer_(trainer),
      labels_(set.labels()),
      weights_(set.learning_weights(plan.parts.learnt)) {
  at_.training = training_name();
}

bool Fitting::resume() {
  const std::filesystem::path& file = plan_.checkpoint;
  if (file.empty() || !std::filesystem::exists(file)) return true;
  Checkpoint saved;
  if (!work_.check(read_checkpoint(file, saved))) return false;
  if (saved.training != at_.training) {
    // Mail comes in between two runs of a nightly training: an error would come back each night until somebody looks.
    const std::string aside = file.string() + ".old";
    std::error_code failed;
    std::filesystem::rename(file, aside, failed);
    work_.problems.warning(in_file(file), "belongs to another training: other mail or other options; started afresh",
                           failed ? "" : "it is kept as " + aside);
    return true;
  }
  at_ = std::move(saved);
  const std::string state = std::exchange(at_.state, "");
  return is_done() || work_.check(trainer_.restore(state));
}

TrainingEnd Fitting::run() {
  for (; !is_done(); ++at_.epoch, at_.step = 0) {
    const TrainingEnd end = run_epoch();
    if (end == TrainingEnd::Stopped && !save_stopped()) return TrainingEnd::Failed;
    if (end != TrainingEnd::Done) return end;
    if (!keep_if_best()) return TrainingEnd::Failed;
  }
  return work_.check(trainer_.restore(at_.best_state)) && save() ? TrainingEnd::Done : TrainingEnd::Failed;
}

bool Fitting::is_done() const { return at_.epoch >= work_.options.epochs; }

std::string Fitting::training_name() const {
  const TrainOptions& o = work_.options;
  const nlohmann::json all = {set_.digest_in_order(plan_.parts),
                              o.max_scan_bytes,
                              feature_schema(o.features).hash,
                              work_.base != nullptr ? work_.base->sha256 : "",
                              o.epochs,
                              o.batch_size,
                              o.held_out,
                              o.min_messages,
                              o.balance_kinds,
                              plan_.architecture.table_size,
                              plan_.architecture.embedding_width,
                              plan_.architecture.hidden_width,
                              plan_.optimizer.learning_rate,
                              plan_.optimizer.dense_learning_rate,
                              plan_.optimizer.weight_decay,
                              plan_.optimizer.token_dropout,
                              plan_.optimizer.dense_dropout,
                              plan_.optimizer.seed};
  return sha256_hex(all.dump());
}

TrainingEnd Fitting::run_epoch() {
  const std::vector<std::size_t>& positions = plan_.parts.learnt;
  const std::size_t size = work_.options.batch_size;
  const std::size_t steps = (positions.size() + size - 1) / size;
  const std::size_t in_all = work_.options.epochs * steps;
  const std::vector<std::size_t> order = shuffled(positions.size(), plan_.optimizer.seed, at_.epoch);
  for (; at_.step < steps; ++at_.step) {
    const std::size_t done = plan_.number * in_all + at_.epoch * steps + at_.step;
    if (!work_.on_progress({"training", done, plan_.of * in_all, loss_})) return TrainingEnd::Stopped;
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(at_.step * size);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), (at_.step + 1) * size));
    if (!step({begin, end})) return TrainingEnd::Failed;
  }
  return TrainingEnd::Done;
}

bool Fitting::step(const std::vector<std::size_t>& chosen) {
  TokenBatch batch;
  std::vector<float> targets, importance;
  for (const std::size_t i : chosen) {
    const std::size_t at = plan_.parts.learnt[i];
    set_.append_to(batch, at);
    for (std::size_t k = 0; k < labels_.size(); ++k) {
      const double part = !set_.teaches(labels_[k]) ? 0 : k == 0 ? 1 : kOtherLabel;
      targets.push_back(is_positive(set_.label(at), labels_[k]) ? 1.0F : 0.0F);
      importance.push_back(static_cast<float>(weights_[i] * part));
    }
  }
  double loss = 0;
  if (!work_.check(trainer_.step(batch, targets, importance, loss))) return false;
  constexpr double kMemory = 0.98;  // the loss shown is a moving mean
  loss_ = loss_ == 0 ? loss : kMemory * loss_ + (1 - kMemory) * loss;
  return true;
}

/// By the first label, spam: it decides what becomes of mail.
bool Fitting::keep_if_best() {
  std::vector<CalibrationSample> samples;
  if (!judge_spam(work_, set_, trainer_, plan_.parts.held_out, samples)) return false;
  const std::optional<Calibration> fitted = fit_calibration(samples);
  if (!fitted) return work_.check(Status::failed("the training diverged; try lower learning rates"));
  const double loss = mean_loss(samples, *fitted);
  if (!at_.best_state.empty() && loss >= at_.best_loss) return true;
  at_.best_loss = loss;
  at_.best_epoch = at_.epoch + 1;
  std::string().swap(at_.best_state);  // before the next is made: it is as large as the trainer
  return work_.check(trainer_.checkpoint(at_.best_state));
}

bool Fitting::save_stopped() {
  return plan_.checkpoint.empty() || (work_.check(trainer_.checkpoint(at_.state)) && save());
}

bool Fitting::save() { return plan_.checkpoint.empty() || work_.check(write_checkpoint(plan_.checkpoint, at_)); }

bool is_positive(Label label, const std::string& model_label) {
  return model_label == label_name(Label::Phishing) ? label == Label::Phishing : is_spam(label);
}

bool predict_mail(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                  const std::vector<std::size_t>& positions, std::vector<std::vector<CalibrationSample>>& by_label) {
  const std::vector<std::string> labels = set.labels();
  by_label.resize(labels.size());
  for (std::size_t begin = 0; begin < positions.size(); begin += work.options.batch_size) {
    TokenBatch batch;
    const std::size_t end = std::min(positions.size(), begin + work.options.batch_size);
    for (std::size_t i = begin; i < end; ++i) set.append_to(batch, positions[i]);
    std::vector<float> logits;
    if (!work.check(trainer.predict(batch, logits))) return false;
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t k = 0; k < labels.size(); ++k) {
        const double logit = logits[(i - begin) * labels.size() + k];
        by_label[k].push_back({logit, is_positive(set.label(positions[i]), labels[k]), 1});
      }
    }
  }
  return true;
}

bool judge_spam(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                const std::vector<std::size_t>& positions, std::vector<CalibrationSample>& samples) {
  std::vector<std::vector<CalibrationSample>> by_label;
  if (!predict_mail(work, set, trainer, positions, by_label)) return false;
  samples = std::move(by_label.front());
  const std::vector<double> weights = set.balanced_weights(positions);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].weight = weights[i];
  return true;
}

std::optional<BaseComparison> hold_side_by_side(const TrainingWork& work, const std::vector<CalibrationSample>& by_base,
                                                const std::vector<CalibrationSample>& by_model) {
  auto comparison = compare_with_base(by_base, work.base->manifest.calibration.front(), by_model);
  if (!comparison) work.check(Status::failed("too little held-out mail to compare with the base"));
  return comparison;
}

}  // namespace winnow
