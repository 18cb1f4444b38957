#include "models/members.h"

#include <system_error>

#include "engine/features/features.h"
#include "engine/torch_backend.h"
#include "models/base.h"

namespace winnow {

Members::Members(const TrainingWork& work, const TrainingSet& set, TorchBackend& backend)
    : work_(work), set_(set), backend_(backend) {}

TrainingEnd Members::train(const MailParts& parts, std::size_t part, std::unique_ptr<Trainer>& trainer) {
  for (std::size_t member = 0; member < work_.options.members; ++member) {
    std::unique_ptr<Trainer> next;
    const TrainingEnd end = train_member(parts, part, member, next);
    if (end != TrainingEnd::Done) return end;
    if (member == 0) {
      trainer = std::move(next);
    } else if (!work_.check(trainer->absorb(*next, member))) {
      return TrainingEnd::Failed;
    }
  }
  return TrainingEnd::Done;
}

TrainingEnd Members::train_member(const MailParts& parts, std::size_t part, std::size_t member,
                                  std::unique_ptr<Trainer>& trainer) {
  const TrainOptions& options = work_.options;
  OptimizerSpec optimizer = options.optimizer;
  optimizer.seed += member;
  if (!work_.check(make_trainer(optimizer, trainer))) return TrainingEnd::Failed;
  const std::size_t runs = options.left_out.size() + 1;
  // Left-out groups come first: their judgements are needed to calibrate the model itself.
  const std::size_t turn = part == 0 ? options.left_out.size() : part - 1;
  const FittingPlan plan{parts, optimizer.seed, checkpoint(part, member), turn * options.members + member,
                         runs * options.members};
  Fitting fitting(work_, set_, plan, *trainer);
  return fitting.resume() ? fitting.run() : TrainingEnd::Failed;
}

Status Members::make_trainer(OptimizerSpec optimizer, std::unique_ptr<Trainer>& trainer) const {
  ArchitectureSpec architecture = work_.options.architecture;
  if (work_.base != nullptr) {
    optimizer.learning_rate *= kBasePace;
    optimizer.dense_learning_rate *= kBasePace;
    return backend_.make_trainer_from(work_.base->bytes, optimizer, architecture, trainer);
  }
  architecture.dense_width = dense_features().size();
  architecture.labels = set_.labels().size();
  return backend_.make_trainer(architecture, optimizer, trainer);
}

std::filesystem::path Members::checkpoint(std::size_t part, std::size_t member) const {
  const std::filesystem::path& base = work_.options.checkpoint;
  if (base.empty() || (part == 0 && member == 0)) return base;
  return base.string() + "." + std::to_string(part) + "-" + std::to_string(member);
}

void Members::remove_checkpoints() const {
  std::error_code ignored;
  if (work_.options.checkpoint.empty()) return;
  for (std::size_t part = 0; part <= work_.options.left_out.size(); ++part) {
    for (std::size_t member = 0; member < work_.options.members; ++member)
      std::filesystem::remove(checkpoint(part, member), ignored);
  }
}

}  // namespace winnow
