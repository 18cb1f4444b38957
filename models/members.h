// members.h - trains the members of one model, one after the other, and joins them.
//
// Owns:    nothing; the Trainer that comes back holds the joined model.
// Threads: one thread.
// Blocks:  for all the trainings; progress is told before each step.
// Fails:   problems go into the work's Diagnostics. Stopped: every member under way or finished has its checkpoint,
//          <checkpoint> for the first and <checkpoint>.<part>-<member>, and the same call goes on.
//
// Why several: models that start from different random weights err differently on mail of unknown origin, and their
// mean errs less (Lakshminarayanan et al. 2017). Why of two kinds: a deep model knows which words mean what in which
// kind of mail and is good at mail of new shapes; a linear one knows more words and is good at mail of known shapes
// with new contents. Their mean is nearly as good as the better of them at either (docs/accuracy.md). Members that go
// on from one base differ by order and dropout, and are averaged weight by weight, and the mean goes back towards the
// base as far as it may (base.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/trainer.h"
#include "models/fitting.h"

namespace winnow {

class TorchBackend;

/// A linear member learns from the table alone, so its table learns faster: by this factor.
inline constexpr double kLinearPace = 3;

/// The trainings of one call of train_model: the model itself and, before it, one without each left-out group.
class Members {
 public:
  Members(const TrainingWork& work, const TrainingSet& set, TorchBackend& backend);

  /// The base as it is, before anything is learnt, with its rows and those that these parts would add. Only with a base.
  Status make_base(const MailParts& parts, std::unique_ptr<Trainer>& trainer) const;

  /// How much of the way from the base to what its mail alone would make of it the model went that was trained last.
  double way() const { return way_; }

  /// Trains on these parts. `part`: 0 for the model itself, n for the n-th left-out group.
  TrainingEnd train(const MailParts& parts, std::size_t part, std::unique_ptr<Trainer>& trainer);

  /// A finished training needs no checkpoints.
  void remove_checkpoints() const;

 private:
  enum class Kind { Deep, Linear };

  std::size_t count() const;
  FittingPlan plan_of(const MailParts& parts, std::size_t part, Kind kind, std::size_t number) const;
  std::filesystem::path checkpoint(std::size_t part, std::size_t member) const;
  Status make_trainer(const FittingPlan& plan, std::unique_ptr<Trainer>& trainer) const;
  TrainingEnd train_member(const FittingPlan& plan, std::unique_ptr<Trainer>& trainer);
  TrainingEnd train_kind(const MailParts& parts, std::size_t part, Kind kind, std::unique_ptr<Trainer>& trainer);
  Status join(Trainer& all, const Trainer& next, Shares shares) const;
  TrainingEnd go_back(const MailParts& parts, std::unique_ptr<Trainer>& trainer);
  TrainingEnd losses_on_way(const MailParts& parts, const Trainer& end, std::vector<double>& losses) const;
  bool join_kinds(const MailParts& parts, Trainer& deep, const Trainer& linear) const;

  const TrainingWork& work_;
  const TrainingSet& set_;
  TorchBackend& backend_;
  double way_ = 1;
};

}  // namespace winnow
