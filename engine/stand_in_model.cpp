#include "engine/stand_in_model.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace winnow {

StandInModel::StandInModel(std::unique_ptr<Model> first_choice, std::unique_ptr<Model> stand_in)
    : first_choice_(std::move(first_choice)), stand_in_(std::move(stand_in)) {}

Status StandInModel::run(const TokenBatch& batch, std::vector<float>& logits) {
  stand_in_cause_ = {};
  std::string_view cause;
  const Status first = run_first_choice(batch, logits, cause);
  if (first) return first;
  const Status second = stand_in_->run(batch, logits);
  if (!second) return Status::failed(first.error() + "; and its stand-in: " + second.error());
  stand_in_cause_ = cause;
  return second;
}

Status StandInModel::run_first_choice(const TokenBatch& batch, std::vector<float>& logits, std::string_view& cause) {
  try {
    const Status status = first_choice_->run(batch, logits);
    cause = status ? "answer" : first_choice_->failure_cause();
    if (status && std::any_of(logits.begin(), logits.end(), [](float logit) { return !std::isfinite(logit); }))
      return Status::failed("the model's answer is not a number");
    return status;
  } catch (const std::exception& error) {
    cause = "model";
    return Status::failed(error.what());
  }
}

Status StandInModel::differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) {
  return differentiate_first_choice(batch, label, gradients) ? Status::ok()
                                                             : stand_in_->differentiate(batch, label, gradients);
}

Status StandInModel::differentiate_first_choice(const TokenBatch& batch, std::size_t label, Gradients& gradients) {
  try {
    return first_choice_->differentiate(batch, label, gradients);
  } catch (const std::exception& error) {
    return Status::failed(error.what());
  }
}

}  // namespace winnow
