#include "models/members.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <vector>

#include "engine/features/features.h"
#include "engine/torch_backend.h"
#include "models/base.h"

namespace winnow {
namespace {

/// Standard deviation of the first label's logits.
double spread(const std::vector<CalibrationSample>& samples) {
  double sum = 0, squares = 0;
  for (const CalibrationSample& sample : samples) {
    sum += sample.logit;
    squares += sample.logit * sample.logit;
  }
  const auto count = static_cast<double>(samples.size());
  return std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

}  // namespace

Members::Members(const TrainingWork& work, const TrainingSet& set, TorchBackend& backend)
    : work_(work), set_(set), backend_(backend) {}

std::size_t Members::count() const { return work_.options.members + work_.options.linear_members; }

TrainingEnd Members::train(const MailParts& parts, std::size_t part, std::unique_ptr<Trainer>& trainer) {
  TrainingEnd end = train_kind(parts, part, Kind::Deep, trainer);
  if (end == TrainingEnd::Done && work_.base != nullptr) end = go_back(parts, trainer);
  if (end != TrainingEnd::Done || work_.options.linear_members == 0) return end;
  std::unique_ptr<Trainer> linear;
  end = train_kind(parts, part, Kind::Linear, linear);
  if (end != TrainingEnd::Done) return end;
  return join_kinds(parts, *trainer, *linear) ? TrainingEnd::Done : TrainingEnd::Failed;
}

TrainingEnd Members::train_kind(const MailParts& parts, std::size_t part, Kind kind,
                                std::unique_ptr<Trainer>& trainer) {
  const std::size_t members = kind == Kind::Linear ? work_.options.linear_members : work_.options.members;
  for (std::size_t number = 0; number < members; ++number) {
    std::unique_ptr<Trainer> next;
    const TrainingEnd end = train_member(plan_of(parts, part, kind, number), next);
    if (end != TrainingEnd::Done) return end;
    const double part_of_next = 1.0 / static_cast<double>(number + 1);
    if (number == 0) {
      trainer = std::move(next);
    } else if (!work_.check(join(*trainer, *next, {1 - part_of_next, part_of_next}))) {
      return TrainingEnd::Failed;
    }
  }
  return TrainingEnd::Done;
}

/// Members that went out from one base are still near each other, so their weights can be averaged: the model stays as wide
/// as its base. Members from nothing are not.
Status Members::join(Trainer& all, const Trainer& next, Shares shares) const {
  return work_.base != nullptr ? all.blend(next, shares) : all.absorb(next, shares);
}

/// Replaces the trained model by the one on the way from the base to it that has learnt enough.
TrainingEnd Members::go_back(const MailParts& parts, std::unique_ptr<Trainer>& trainer) {
  std::vector<double> losses;
  if (const TrainingEnd end = losses_on_way(parts, *trainer, losses); end != TrainingEnd::Done) return end;
  way_ = way_from_base(losses);
  std::unique_ptr<Trainer> near;
  if (!work_.check(make_base(parts, near)) || !work_.check(near->blend(*trainer, {1 - way_, way_})))
    return TrainingEnd::Failed;
  trainer = std::move(near);
  return TrainingEnd::Done;
}

/// On the held-out mail, from the base (0) to `end` (1).
TrainingEnd Members::losses_on_way(const MailParts& parts, const Trainer& end, std::vector<double>& losses) const {
  constexpr std::size_t kSteps = 10;
  std::unique_ptr<Trainer> at;
  std::vector<CalibrationSample> base, own;
  if (!work_.check(make_base(parts, at)) || !judge_spam(work_, set_, *at, parts.held_out, base))
    return TrainingEnd::Failed;
  for (std::size_t step = 1; step <= kSteps; ++step) {
    if (!work_.on_progress({"going back", step - 1, kSteps, 0})) return TrainingEnd::Stopped;
    // From (step - 1) / kSteps of the way to step / kSteps: this part of what is left.
    const double part = 1.0 / static_cast<double>(kSteps - step + 1);
    if (!work_.check(at->blend(end, {1 - part, part})) || !judge_spam(work_, set_, *at, parts.held_out, own))
      return TrainingEnd::Failed;
    const auto comparison = hold_side_by_side(work_, base, own);
    if (!comparison) return TrainingEnd::Failed;
    if (step == 1) losses.push_back(comparison->base_loss);
    losses.push_back(comparison->own_loss);
  }
  return TrainingEnd::Done;
}

/// The kinds' logits have different units, so each is measured by its own spread on the held-out mail.
bool Members::join_kinds(const MailParts& parts, Trainer& deep, const Trainer& linear) const {
  std::vector<std::vector<CalibrationSample>> by_deep, by_linear;
  if (!predict_mail(work_, set_, deep, parts.held_out, by_deep) ||
      !predict_mail(work_, set_, linear, parts.held_out, by_linear))
    return false;
  const double deep_spread = spread(by_deep.front()), linear_spread = spread(by_linear.front());
  if (!(deep_spread > 0) || !(linear_spread > 0))
    return work_.check(Status::failed("a member says the same of all held-out mail; give more mail"));
  return work_.check(deep.absorb(linear, {1 / deep_spread, 1 / linear_spread}));
}

FittingPlan Members::plan_of(const MailParts& parts, std::size_t part, Kind kind, std::size_t number) const {
  const TrainOptions& options = work_.options;
  FittingPlan plan{parts, options.architecture, options.optimizer, {}, 0, 0};
  plan.architecture.dense_width = dense_features().size();
  plan.architecture.labels = set_.labels().size();
  plan.optimizer.seed += number;
  if (kind == Kind::Linear) {
    plan.architecture.embedding_width = plan.architecture.hidden_width = 0;
    plan.optimizer.learning_rate *= kLinearPace;
  }
  if (work_.base != nullptr) {
    plan.optimizer.learning_rate *= kBaseTablePace;
    plan.optimizer.dense_learning_rate *= kBaseDensePace;
  }
  const std::size_t member = kind == Kind::Linear ? options.members + number : number;
  // Left-out groups come first: their judgements are needed to calibrate the model itself.
  const std::size_t turn = part == 0 ? options.left_out.size() : part - 1;
  plan.checkpoint = checkpoint(part, member);
  plan.number = turn * count() + member;
  plan.of = (options.left_out.size() + 1) * count();
  return plan;
}

TrainingEnd Members::train_member(const FittingPlan& plan, std::unique_ptr<Trainer>& trainer) {
  if (!work_.check(make_trainer(plan, trainer))) return TrainingEnd::Failed;
  Fitting fitting(work_, set_, plan, *trainer);
  return fitting.resume() ? fitting.run() : TrainingEnd::Failed;
}

Status Members::make_trainer(const FittingPlan& plan, std::unique_ptr<Trainer>& trainer) const {
  const std::vector<std::int64_t> rows = set_.rows_of(plan.parts.learnt, work_.options.min_messages);
  if (work_.base == nullptr) return backend_.make_trainer(plan.architecture, rows, plan.optimizer, trainer);
  ArchitectureSpec architecture = work_.options.architecture;
  return backend_.make_trainer_from(work_.base->bytes, rows, plan.optimizer, architecture, trainer);
}

Status Members::make_base(const MailParts& parts, std::unique_ptr<Trainer>& trainer) const {
  return make_trainer(plan_of(parts, 0, Kind::Deep, 0), trainer);
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
    for (std::size_t member = 0; member < count(); ++member) std::filesystem::remove(checkpoint(part, member), ignored);
  }
}

}  // namespace winnow
