// fitting.h - the epochs of one training: order, steps, the best state so far, stop and resume.
//
// Owns:    weights and checkpoint; borrows the mail, the Trainer and the caller's options.
// Threads: one thread.
// Blocks:  run() for the whole training; progress is told before each step.
// Fails:   problems go into the work's Diagnostics.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/status.h"
#include "engine/trainer.h"
#include "models/base.h"
#include "models/calibration.h"
#include "models/checkpoint.h"
#include "models/train.h"
#include "models/training_set.h"

namespace winnow {

/// What one call of train_model works on.
struct TrainingWork {
  const TrainOptions& options;
  const std::function<bool(const TrainProgress&)>& on_progress;
  Diagnostics& problems;
  const Base* base = nullptr;  // that all trainings start from; null = from nothing

  /// Reports a failed step; true when it was fine.
  bool check(const Status& status) const;
};

enum class TrainingEnd { Done, Stopped, Failed };

/// One of the trainings that a model is made of.
struct FittingPlan {
  MailParts parts;
  ArchitectureSpec architecture;
  OptimizerSpec optimizer;           // its seed is that of order, first weights and dropout
  std::filesystem::path checkpoint;  // "" = none
  std::size_t number = 0, of = 1;    // for the progress shown
};

class Fitting {
 public:
  Fitting(const TrainingWork& work, const TrainingSet& set, const FittingPlan& plan, Trainer& trainer);

  /// Goes on from the checkpoint, if there is one. False when it cannot be used.
  bool resume();

  /// Learns the learnt part, epoch by epoch, and leaves the Trainer in the state that did best on the
  /// held-out part. Stopped: the caller asked for it. The checkpoint is written in both cases, so that a later
  /// resume() and run() of the same plan give the same state at once.
  TrainingEnd run();

 private:
  std::string training_name() const;
  TrainingEnd run_epoch();
  bool step(const std::vector<std::size_t>& chosen);
  bool keep_if_best();
  bool is_done() const;
  /// Of a member that is done the best state is all that is wanted.
  bool save();
  bool save_stopped();

  const TrainingWork& work_;
  const TrainingSet& set_;
  const FittingPlan& plan_;
  Trainer& trainer_;
  const std::vector<std::string> labels_;
  const std::vector<double> weights_;
  Checkpoint at_;
  double loss_ = 0;
};

/// Whether mail of this label is a positive of a model's label ("spam", "phishing").
bool is_positive(Label label, const std::string& model_label);

/// The mail at these positions as the Trainer judges it now: per label of the set one sample each, all of weight 1.
bool predict_mail(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                  const std::vector<std::size_t>& positions, std::vector<std::vector<CalibrationSample>>& by_label);

/// The first label's samples alone, weighed as the mail is (TrainingSet::balanced_weights).
bool judge_spam(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                const std::vector<std::size_t>& positions, std::vector<CalibrationSample>& samples);

/// A model of this work beside its base, which it must have; nullopt, with an error, when the mail cannot tell.
std::optional<BaseComparison> hold_side_by_side(const TrainingWork& work, const std::vector<CalibrationSample>& by_base,
                                                const std::vector<CalibrationSample>& by_model);

}  // namespace winnow
