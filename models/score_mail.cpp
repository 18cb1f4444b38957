#include <chrono>
#include <deque>
#include <memory>
#include <utility>

#include "engine/engine.h"
#include "models/evaluate.h"
#include "models/extract_mail.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxWaiting = 64;             // messages given to the engine and not yet answered
constexpr std::chrono::seconds kLongestAnswer{60};  // of a batch; a model slower than that cannot serve mail

/// Keeps some messages in the engine's queue, so that it can batch them, and takes the answers in order.
class Scorer {
 public:
  Scorer(const Engine& engine, Diagnostics& problems) : engine_(engine), problems_(problems) {}

  void submit(ExtractedMail&& mail) {
    if (waiting_.size() >= kMaxWaiting) take_oldest();
    std::unique_ptr<Ticket> ticket = engine_.submit(std::move(mail.features));
    waiting_.push_back({{std::move(mail.name), std::move(mail.corpus), mail.label, 0, {}}, std::move(ticket)});
  }

  std::vector<ScoredMail> finish() {
    while (!waiting_.empty()) take_oldest();
    return std::move(scored_);
  }

 private:
  struct Waiting {
    ScoredMail mail;
    std::unique_ptr<Ticket> ticket;
  };

  void take_oldest() {
    Waiting oldest = std::move(waiting_.front());
    waiting_.pop_front();
    const std::optional<Outcome> outcome = oldest.ticket->wait_until(std::chrono::steady_clock::now() + kLongestAnswer);
    const Outcome late{.error = ScoreError::Deadline};
    const Outcome& answer = outcome ? *outcome : late;
    if (answer.error != ScoreError::None) return refuse(oldest.mail, answer);
    const auto probabilities = engine_.probabilities(answer.logits);
    if (!probabilities || probabilities->empty()) return refuse(oldest.mail, {.error = ScoreError::ModelFailed});
    oldest.mail.probability = probabilities->front().value();
    oldest.mail.uncalibrated = uncalibrated(answer.logits.front());
    scored_.push_back(std::move(oldest.mail));
  }

  /// As if training had fitted nothing: slope 1, intercept 0, for the prior it was trained with.
  std::optional<double> uncalibrated(double logit) const {
    const double prior = engine_.manifest().prior_spam;
    const auto probability = calibrate(logit, Calibration{}, prior, prior);
    return probability ? std::optional(probability->value()) : std::nullopt;
  }

  void refuse(const ScoredMail& mail, const Outcome& outcome) {
    problems_.error(in_file(mail.name),
                    "the model gave no probability: " + std::string(score_error_name(outcome.error)) +
                        (outcome.detail.empty() ? "" : " (" + outcome.detail + ")"));
  }

  const Engine& engine_;
  Diagnostics& problems_;
  std::deque<Waiting> waiting_;
  std::vector<ScoredMail> scored_;
};

}  // namespace

std::vector<ScoredMail> score_mail(const Engine& engine, const ScoreOptions& options,
                                   const std::function<bool(std::size_t, std::size_t)>& on_progress,
                                   Diagnostics& problems) {
  const std::size_t total = count_labelled_mail(options.sources, options.filter);
  std::size_t done = 0;
  Scorer scorer(engine, problems);
  const ExtractOptions extract{options.sources, options.filter, options.max_scan_bytes, options.threads};
  extract_mail(extract, engine.extractor(), problems, [&](ExtractedMail&& mail) {
    scorer.submit(std::move(mail));
    return on_progress(++done, total);
  });
  return scorer.finish();
}

}  // namespace winnow
