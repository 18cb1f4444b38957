// fitting.h - the epochs of one training: order, steps, the best state so far, stop and resume.
//
// Owns:    weights and checkpoint; borrows the mail, the Trainer and the caller's options.
// Threads: one thread.
// Blocks:  run() for the whole training; progress is told before each step.
// Fails:   problems go into the work's Diagnostics.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/status.h"
#include "engine/trainer.h"
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

  /// Reports a failed step; true when it was fine.
  bool check(const Status& status) const;
};

class Fitting {
 public:
  enum class End { Done, Stopped, Failed };

  Fitting(const TrainingWork& work, const TrainingSet& set, Trainer& trainer);

  /// Goes on from the checkpoint, if there is one. False when it cannot be used.
  bool resume();

  /// Learns the learnt part, epoch by epoch, and leaves the Trainer in the state that did best on the
  /// held-out part. Stopped: the caller asked for it; the checkpoint is written.
  End run();

  /// Epochs that the best state has seen.
  std::size_t best_epoch() const { return at_.best_epoch; }

  /// The held-out mail, in its order, as it is judged now.
  bool predict(std::vector<CalibrationSample>& samples) const;

 private:
  std::string training_name() const;
  End run_epoch();
  bool step(const std::vector<std::size_t>& chosen);
  bool keep_if_best();
  bool save_checkpoint();

  const TrainingWork& work_;
  const TrainingSet& set_;
  Trainer& trainer_;
  const std::vector<double> weights_, held_out_weights_;
  Checkpoint at_;
  double loss_ = 0;
};

}  // namespace winnow
