// members.h - trains the members of one model, one after the other, and joins them.
//
// Owns:    nothing; the Trainer that comes back holds the mean of all members.
// Threads: one thread.
// Blocks:  for all the trainings; progress is told before each step.
// Fails:   problems go into the work's Diagnostics. Stopped: every member under way or finished has its
//          checkpoint, <checkpoint>.<part>-<member>, and the same call goes on from there.
//
// Why several: models that start from different random weights err differently on mail of unknown origin, and
// their mean errs less (Lakshminarayanan et al. 2017).
#pragma once

#include <memory>
#include <string>

#include "engine/trainer.h"
#include "models/fitting.h"

namespace winnow {

class TorchBackend;

/// The trainings of one call of train_model: the model itself and, before it, one without each left-out group.
class Members {
 public:
  Members(const TrainingWork& work, const TrainingSet& set, TorchBackend& backend);

  /// Before its first step: of first weights, or the base.
  Status make_trainer(OptimizerSpec optimizer, std::unique_ptr<Trainer>& trainer) const;

  /// Trains on these parts. `part`: 0 for the model itself, n for the n-th left-out group.
  TrainingEnd train(const MailParts& parts, std::size_t part, std::unique_ptr<Trainer>& trainer);

  /// A finished training needs no checkpoints.
  void remove_checkpoints() const;

 private:
  std::filesystem::path checkpoint(std::size_t part, std::size_t member) const;
  TrainingEnd train_member(const MailParts& parts, std::size_t part, std::size_t member,
                           std::unique_ptr<Trainer>& trainer);

  const TrainingWork& work_;
  const TrainingSet& set_;
  TorchBackend& backend_;
};

}  // namespace winnow
