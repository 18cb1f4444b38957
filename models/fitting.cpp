#include "models/fitting.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

#include "engine/features/features.h"
#include "engine/model_file.h"

namespace winnow {
namespace {

Location whole_file(const std::filesystem::path& file) {
  return {std::make_shared<const SourceText>(SourceText{file.string(), {}})};
}

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
  if (!status) problems.error(whole_file(options.output), status.error());
  return static_cast<bool>(status);
}

Fitting::Fitting(const TrainingWork& work, const TrainingSet& set, Trainer& trainer)
    : work_(work),
      set_(set),
      trainer_(trainer),
      weights_(set.balanced_weights(set.learnt())),
      held_out_weights_(set.balanced_weights(set.held_out())) {
  at_.training = training_name();
}

bool Fitting::resume() {
  const std::filesystem::path& file = work_.options.checkpoint;
  if (file.empty() || !std::filesystem::exists(file)) return true;
  Checkpoint saved;
  if (!work_.check(read_checkpoint(file, saved))) return false;
  if (saved.training != at_.training) {
    work_.problems.error(whole_file(file), "is the checkpoint of another training: other mail or other options",
                         "remove it to start afresh");
    return false;
  }
  at_ = std::move(saved);
  return work_.check(trainer_.restore(at_.state));
}

Fitting::End Fitting::run() {
  for (; at_.epoch < work_.options.epochs; ++at_.epoch, at_.step = 0) {
    const End end = run_epoch();
    if (end == End::Stopped && !save_checkpoint()) return End::Failed;
    if (end != End::Done) return end;
    if (!keep_if_best()) return End::Failed;
  }
  return work_.check(trainer_.restore(at_.best_state)) ? End::Done : End::Failed;
}

bool Fitting::predict(std::vector<CalibrationSample>& samples) const {
  const std::vector<std::size_t>& positions = set_.held_out();
  for (std::size_t begin = 0; begin < positions.size(); begin += work_.options.batch_size) {
    TokenBatch batch;
    const std::size_t end = std::min(positions.size(), begin + work_.options.batch_size);
    for (std::size_t i = begin; i < end; ++i) set_.append_to(batch, positions[i]);
    std::vector<float> logits;
    if (!work_.check(trainer_.predict(batch, logits))) return false;
    for (std::size_t i = begin; i < end; ++i) {
      samples.push_back({logits[i - begin], set_.label(positions[i]), held_out_weights_[i]});
    }
  }
  return true;
}

std::string Fitting::training_name() const {
  const TrainOptions& o = work_.options;
  const nlohmann::json all = {set_.digest(),
                              feature_schema().hash,
                              o.epochs,
                              o.batch_size,
                              o.held_out,
                              o.architecture.table_size,
                              o.architecture.embedding_width,
                              o.architecture.hidden_width,
                              o.optimizer.learning_rate,
                              o.optimizer.dense_learning_rate,
                              o.optimizer.weight_decay,
                              o.optimizer.token_dropout,
                              o.optimizer.dense_dropout,
                              o.optimizer.seed};
  return sha256_hex(all.dump());
}

Fitting::End Fitting::run_epoch() {
  const std::vector<std::size_t>& positions = set_.learnt();
  const std::size_t size = work_.options.batch_size;
  const std::size_t steps = (positions.size() + size - 1) / size;
  const std::vector<std::size_t> order = shuffled(positions.size(), work_.options.optimizer.seed, at_.epoch);
  for (; at_.step < steps; ++at_.step) {
    const TrainProgress progress{"training", at_.epoch * steps + at_.step, work_.options.epochs * steps, loss_};
    if (!work_.on_progress(progress)) return End::Stopped;
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(at_.step * size);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), (at_.step + 1) * size));
    if (!step({begin, end})) return End::Failed;
  }
  return End::Done;
}

bool Fitting::step(const std::vector<std::size_t>& chosen) {
  TokenBatch batch;
  std::vector<float> targets, importance;
  for (const std::size_t i : chosen) {
    const std::size_t at = set_.learnt()[i];
    set_.append_to(batch, at);
    targets.push_back(set_.label(at) == Label::Spam ? 1.0F : 0.0F);
    importance.push_back(static_cast<float>(weights_[i]));
  }
  double loss = 0;
  if (!work_.check(trainer_.step(batch, targets, importance, loss))) return false;
  constexpr double kMemory = 0.98;  // the loss shown is a moving mean
  loss_ = loss_ == 0 ? loss : kMemory * loss_ + (1 - kMemory) * loss;
  return true;
}

bool Fitting::keep_if_best() {
  std::vector<CalibrationSample> samples;
  if (!predict(samples)) return false;
  const std::optional<Calibration> fitted = fit_calibration(samples);
  if (!fitted) return work_.check(Status::failed("the training diverged; try lower learning rates"));
  const double loss = mean_loss(samples, *fitted);
  if (!at_.best_state.empty() && loss >= at_.best_loss) return true;
  at_.best_loss = loss;
  at_.best_epoch = at_.epoch + 1;
  return work_.check(trainer_.checkpoint(at_.best_state));
}

bool Fitting::save_checkpoint() {
  if (work_.options.checkpoint.empty()) return true;
  return work_.check(trainer_.checkpoint(at_.state)) && work_.check(write_checkpoint(work_.options.checkpoint, at_));
}

}  // namespace winnow
