#include "engine/model_call.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <utility>

namespace winnow {
namespace {

using std::chrono::nanoseconds;

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

nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

/// What the `index`th message of a batch gets from the batch's logits.
Outcome outcome_of(const std::vector<float>& logits, std::size_t index, std::size_t labels) {
  Outcome outcome;
  const auto first = logits.begin() + static_cast<std::ptrdiff_t>(index * labels);
  outcome.logits.assign(first, first + static_cast<std::ptrdiff_t>(labels));
  for (const float logit : outcome.logits) {
    // Half precision overflows to infinity, which would be taken for certainty.
    if (!std::isfinite(logit)) return failed_outcome(ScoreError::ModelFailed, "the model's answer is not a number");
  }
  return outcome;
}

/// The message's part of what its batch cost. A message without tokens is not free: each counts for one more.
nanoseconds share_of(const Waiting& message, std::size_t batch_tokens, std::size_t batch_messages, nanoseconds cost) {
  const double part =
      static_cast<double>(message.features.tokens.size() + 1) / static_cast<double>(batch_tokens + batch_messages);
  return nanoseconds(static_cast<std::int64_t>(static_cast<double>(cost.count()) * part));
}

}  // namespace

Outcome failed_outcome(ScoreError error, std::string detail) {
  Outcome outcome;
  outcome.error = error;
  outcome.detail = std::move(detail);
  return outcome;
}

std::vector<Outcome> ModelCall::run(const std::vector<std::shared_ptr<Waiting>>& messages) {
  const nanoseconds begin = thread_cpu_time();
  inputs_.clear();  // a call that threw leaves its messages behind
  std::vector<Outcome> outcomes;
  if (messages.front()->explains()) {
    outcomes.push_back(differentiate(*messages.front()));
  } else {
    outcomes = score(messages);
  }
  const nanoseconds cost = thread_cpu_time() - begin;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    outcomes[i].batch_size = messages.size();
    outcomes[i].cpu = share_of(*messages[i], inputs_.tokens.size(), messages.size(), cost);
  }
  return outcomes;
}

std::vector<Outcome> ModelCall::score(const std::vector<std::shared_ptr<Waiting>>& messages) {
  for (const auto& message : messages) {
    inputs_.add(message->features.tokens, message->features.weights, message->features.dense);
    inputs_.deadline = std::min(inputs_.deadline, message->deadline);
  }
  Status status = guarded_call([this] { return model_.run(inputs_, logits_); });
  if (status && logits_.size() != messages.size() * labels_)
    status = Status::failed("the model answered " + std::to_string(logits_.size()) + " numbers for " +
                            std::to_string(messages.size()) + " messages");
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    outcomes.push_back(status ? outcome_of(logits_, i, labels_)
                              : failed_outcome(ScoreError::ModelFailed, status.error()));
    outcomes.back().stand_in_cause = model_.stand_in_cause();
  }
  return outcomes;
}

Outcome ModelCall::differentiate(const Waiting& explanation) {
  const TokenBatch& points = explanation.points;
  Outcome outcome;
  Gradients& found = outcome.gradients;
  const Status status = guarded_call([&] { return model_.differentiate(points, explanation.label, found); });
  if (!status) return failed_outcome(ScoreError::ModelFailed, status.error());
  const bool fits = found.logits.size() == points.messages && found.weights.size() == points.weights.size() &&
                    found.dense.size() == points.dense.size();
  if (!fits) return failed_outcome(ScoreError::ModelFailed, "the model answered gradients of another size");
  return outcome;
}

}  // namespace winnow
