#include "cli/contributions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <utility>

namespace winnow {
namespace {

// Enough to fill batches; each variant is a copy of all features.
constexpr std::size_t kInFlight = 64;
constexpr std::chrono::seconds kPatience{60};

struct Variant {
  Features features;
  double* log_odds;  // where its result goes; not owned
};

/// Runs variants of one message through the engine, a window at a time.
class VariantScorer {
 public:
  VariantScorer(const Engine& engine, std::size_t max_in_flight)
      : engine_(engine), max_in_flight_(std::clamp<std::size_t>(max_in_flight, 1, kInFlight)) {
    if (!engine.manifest().calibration.empty()) calibration_ = engine.manifest().calibration.front();
  }

  void score(Variant variant) {
    if (!error_.empty()) return;
    waiting_.push_back({engine_.submit(std::move(variant.features)), variant.log_odds});
    if (waiting_.size() >= max_in_flight_) take_first();
  }

  std::string finish() {
    while (!waiting_.empty()) take_first();
    return error_;
  }

 private:
  void take_first() {
    const auto [ticket, log_odds] = std::move(waiting_.front());
    waiting_.pop_front();
    const auto outcome = ticket->wait_until(std::chrono::steady_clock::now() + kPatience);
    if (!outcome) {
      error_ = "the model gave no answer";
    } else if (outcome->error != ScoreError::None || outcome->logits.empty()) {
      error_ = std::string(score_error_name(outcome->error)) + " " + outcome->detail;
    } else {
      *log_odds = calibration_.slope * outcome->logits.front() + calibration_.intercept;
    }
  }

  struct Waiting {
    std::unique_ptr<Ticket> ticket;
    double* log_odds;
  };

  const Engine& engine_;
  const std::size_t max_in_flight_;
  Calibration calibration_;
  std::deque<Waiting> waiting_;
  std::string error_;
};

Features without_token(const Features& all, std::size_t index) {
  Features rest = all;
  const auto at = static_cast<std::ptrdiff_t>(index);
  rest.tokens.erase(rest.tokens.begin() + at);
  rest.weights.erase(rest.weights.begin() + at);
  return rest;
}

Features without_dense(const Features& all, std::size_t index) {
  Features rest = all;
  rest.dense[index] = 0.0f;
  return rest;
}

}  // namespace

Contributions contributions_of(const Engine& engine, const Message& message, std::size_t max_in_flight) {
  FeatureOrigins origins;
  const Features all = engine.extractor().extract(message, origins);
  Contributions result;
  std::vector<double> token_rest(all.tokens.size()), dense_rest(all.dense.size());

  VariantScorer scorer(engine, max_in_flight);
  scorer.score({all, &result.log_odds});
  for (std::size_t i = 0; i < all.tokens.size(); ++i) scorer.score({without_token(all, i), &token_rest[i]});
  for (std::size_t i = 0; i < all.dense.size(); ++i) {
    if (all.dense[i] != 0.0f) scorer.score({without_dense(all, i), &dense_rest[i]});
  }
  result.error = scorer.finish();
  if (!result.error.empty()) return result;

  for (std::size_t i = 0; i < all.tokens.size(); ++i) {
    result.tokens.push_back({origins.tokens[i].name, all.weights[i], result.log_odds - token_rest[i]});
  }
  for (std::size_t i = 0; i < all.dense.size(); ++i) {
    const double change = all.dense[i] != 0.0f ? result.log_odds - dense_rest[i] : 0.0;
    result.dense.push_back({std::string(dense_features()[i].name), all.dense[i], change});
  }
  std::stable_sort(result.tokens.begin(), result.tokens.end(), [](const Contribution& a, const Contribution& b) {
    return std::abs(a.change) > std::abs(b.change);
  });
  return result;
}

}  // namespace winnow
