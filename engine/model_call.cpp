#include "engine/model_call.h"

#include <cmath>
#include <cstdint>
#include <exception>
#include <utility>

namespace winnow {
namespace {

template <typename Call>
Status guarded_call(Call&& call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return Status::failed(error.what());
  } catch (...) {
    return Status::failed("unknown exception");
  }
}

/// What the `index`th message of a batch gets from the batch's logits.
Outcome outcome_of(const std::vector<float>& logits, std::size_t index, std::size_t labels) {
  Outcome outcome;
  const auto first = logits.begin() + static_cast<std::ptrdiff_t>(index * labels);
  outcome.logits.assign(first, first + static_cast<std::ptrdiff_t>(labels));
  for (const float logit : outcome.logits) {
    if (std::isnan(logit)) return failed_outcome(ScoreError::ModelFailed, "the model's answer is not a number");
  }
  return outcome;
}

}  // namespace

Outcome failed_outcome(ScoreError error, std::string detail) {
  Outcome outcome;
  outcome.error = error;
  outcome.detail = std::move(detail);
  return outcome;
}

std::vector<Outcome> score_messages(Model& model, const std::vector<const Features*>& messages, std::size_t labels) {
  TokenBatch batch;
  for (const Features* message : messages) batch.add(message->tokens, message->weights, message->dense);
  std::vector<float> logits;
  Status status = guarded_call([&] { return model.run(batch, logits); });
  if (status && logits.size() != messages.size() * labels)
    status = Status::failed("the model answered " + std::to_string(logits.size()) + " numbers for " +
                            std::to_string(messages.size()) + " messages");
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    outcomes.push_back(status ? outcome_of(logits, i, labels)
                              : failed_outcome(ScoreError::ModelFailed, status.error()));
  }
  return outcomes;
}

Outcome differentiate_points(Model& model, const TokenBatch& points, std::size_t label) {
  Outcome outcome;
  Gradients& found = outcome.gradients;
  const Status status = guarded_call([&] { return model.differentiate(points, label, found); });
  if (!status) return failed_outcome(ScoreError::ModelFailed, status.error());
  const bool fits = found.logits.size() == points.messages && found.weights.size() == points.weights.size() &&
                    found.dense.size() == points.dense.size();
  if (!fits) return failed_outcome(ScoreError::ModelFailed, "the model answered gradients of another size");
  return outcome;
}

}  // namespace winnow
