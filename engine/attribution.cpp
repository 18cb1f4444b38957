#include "engine/attribution.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace winnow {
namespace {

constexpr std::size_t kStepsHalvedAtOnce = 8;
// A model call keeps messages waiting, so it is no longer than a full batch, however large batches may grow.
constexpr std::size_t kMaxPointsOfACall = 32;
// Logits. A message that moves the logit by less is explained well enough by the same absolute error.
constexpr double kLeastChange = 0.25;

/// The path at one point.
struct Point {
  double at = 0;  // 0 is the start, 1 the message
  double logit = 0;
  double slope = 0;           // of the logit along the path
  std::vector<float> tokens;  // gradients
  std::vector<float> dense;
};

bool before(const Point& a, const Point& b) { return a.at < b.at; }

std::vector<float> scaled(const std::vector<float>& values, double by) {
  std::vector<float> result(values);
  for (float& value : result) value = static_cast<float>(value * by);
  return result;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

class Path {
 public:
  Path(const Engine& engine, const Features& features, std::size_t label, const AttributionLimits& limits)
      : engine_(engine), features_(features), label_(label), limits_(limits) {}

  /// Looks at all of these points; "" or why it could not.
  std::string look_at(const std::vector<double>& places);
  double change() const { return points_.back().logit - points_.front().logit; }
  /// The contributions add up, and not just because large errors of the steps cancel out.
  bool is_settled() const;
  /// The middles of the steps that miss most; some, unless the path is settled.
  std::vector<double> worst_middles() const;
  Attribution result() const;
  std::size_t size() const { return points_.size(); }
  /// Of what look_at() says.
  ScoreError cause() const { return cause_; }

 private:
  std::unique_ptr<Ticket> ask(const std::vector<double>& places) const;
  std::string keep(const std::vector<double>& places, const std::optional<Outcome>& outcome);
  double missed(std::size_t step) const;
  double allowed_error() const { return limits_.tolerance * std::max(std::abs(change()), kLeastChange); }

  const Engine& engine_;
  const Features& features_;
  const std::size_t label_;
  const AttributionLimits limits_;
  std::vector<Point> points_;  // in the order of the path
  std::chrono::nanoseconds cpu_{0};
  ScoreError cause_ = ScoreError::None;
};

std::unique_ptr<Ticket> Path::ask(const std::vector<double>& places) const {
  TokenBatch batch;
  for (const double at : places)
    batch.add(features_.tokens, scaled(features_.weights, at), scaled(features_.dense, at));
  return engine_.submit_gradients(std::move(batch), label_);
}

std::string Path::look_at(const std::vector<double>& places) {
  const auto at_once = static_cast<std::ptrdiff_t>(std::min(kMaxPointsOfACall, engine_.max_batch_size()));
  for (auto first = places.begin(); first != places.end();) {
    const auto last = first + std::min(at_once, places.end() - first);
    const std::vector<double> some(first, last);
    // A model that computes on this thread has its answer when it is asked, however late it is.
    const bool in_time = std::chrono::steady_clock::now() < limits_.until;
    const std::unique_ptr<Ticket> ticket = in_time ? ask(some) : nullptr;
    const std::optional<Outcome> outcome = in_time ? ticket->wait_until(limits_.until) : std::nullopt;
    if (std::string error = keep(some, outcome); !error.empty()) return error;
    first = last;
  }
  std::sort(points_.begin(), points_.end(), before);
  return "";
}

std::string Path::keep(const std::vector<double>& places, const std::optional<Outcome>& outcome) {
  cause_ = outcome ? outcome->error : ScoreError::Deadline;
  if (!outcome) return "the model gave no answer in time";
  if (cause_ != ScoreError::None) {
    const std::string name(score_error_name(cause_));
    return outcome->detail.empty() ? name : outcome->detail;
  }
  cpu_ += outcome->cpu;
  const Gradients& found = outcome->gradients;
  auto token = found.weights.begin();
  auto dense = found.dense.begin();
  for (std::size_t i = 0; i < places.size(); ++i) {
    Point point{places[i], found.logits[i], 0, {}, {}};
    point.tokens.assign(token, token + static_cast<std::ptrdiff_t>(features_.weights.size()));
    point.dense.assign(dense, dense + static_cast<std::ptrdiff_t>(features_.dense.size()));
    token += static_cast<std::ptrdiff_t>(features_.weights.size());
    dense += static_cast<std::ptrdiff_t>(features_.dense.size());
    point.slope = dot(point.tokens, features_.weights) + dot(point.dense, features_.dense);
    if (!std::isfinite(point.logit) || !std::isfinite(point.slope)) {
      cause_ = ScoreError::ModelFailed;
      return "the model's answer is not a number on the way to the message";
    }
    points_.push_back(std::move(point));
  }
  return "";
}

double Path::missed(std::size_t step) const {
  const Point& from = points_[step];
  const Point& to = points_[step + 1];
  return to.logit - from.logit - (to.at - from.at) * (from.slope + to.slope) / 2;
}

bool Path::is_settled() const {
  double sum = 0, in_all_steps = 0;
  for (std::size_t step = 0; step + 1 < points_.size(); ++step) {
    sum += missed(step);
    in_all_steps += std::abs(missed(step));
  }
  const double allowed = allowed_error();
  return std::abs(sum) <= allowed && in_all_steps <= 5 * allowed;
}

std::vector<double> Path::worst_middles() const {
  std::vector<std::pair<double, double>> steps;  // what is missed, the middle
  for (std::size_t step = 0; step + 1 < points_.size(); ++step)
    steps.emplace_back(std::abs(missed(step)), (points_[step].at + points_[step + 1].at) / 2);
  std::sort(steps.rbegin(), steps.rend());
  // If every step missed less than this, all together would miss half of what is allowed.
  const double little = allowed_error() / (2 * static_cast<double>(steps.size()));
  std::vector<double> middles;
  for (const auto& [amount, middle] : steps) {
    if (amount > little && middles.size() < kStepsHalvedAtOnce) middles.push_back(middle);
  }
  return middles;
}

Attribution Path::result() const {
  Attribution result;
  result.start = points_.front().logit;
  result.logit = points_.back().logit;
  result.points = points_.size();
  result.cpu = cpu_;
  result.tokens.resize(features_.tokens.size());
  result.dense.resize(features_.dense.size());
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const double from = i == 0 ? points_[i].at : points_[i - 1].at;
    const double to = i + 1 == points_.size() ? points_[i].at : points_[i + 1].at;
    const double share = (to - from) / 2;
    for (std::size_t k = 0; k < result.tokens.size(); ++k)
      result.tokens[k] += share * points_[i].tokens[k] * features_.weights[k];
    for (std::size_t k = 0; k < result.dense.size(); ++k)
      result.dense[k] += share * points_[i].dense[k] * features_.dense[k];
  }
  result.remainder = change();
  for (const double contribution : result.tokens) result.remainder -= contribution;
  for (const double contribution : result.dense) result.remainder -= contribution;
  result.adds_up = std::abs(result.remainder) <= allowed_error();
  return result;
}

}  // namespace

Attribution attribute(const Engine& engine, const Features& features, std::size_t label,
                      const AttributionLimits& limits) {
  Path path(engine, features, label, limits);
  std::vector<double> places;
  const auto steps = static_cast<double>(limits.first_steps);
  for (std::size_t i = 0; i <= limits.first_steps; ++i) places.push_back(static_cast<double>(i) / steps);
  while (!places.empty()) {
    Attribution failed;
    failed.error = path.look_at(places);
    failed.cause = path.cause();
    if (!failed.error.empty()) return failed;
    if (path.is_settled()) break;
    places = path.worst_middles();
    if (path.size() + places.size() > limits.max_points) break;
  }
  return path.result();
}

}  // namespace winnow
