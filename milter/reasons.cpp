#include "milter/reasons.h"

#include <algorithm>
#include <exception>

namespace winnow {
namespace {

// The mail waits for its reasons, so they must come soon or not at all.
constexpr std::chrono::milliseconds kPatience{500};
// Which reasons are the strongest shows long before they add up exactly, and each point costs three runs of the model.
constexpr std::size_t kFirstSteps = 3;
constexpr std::size_t kMaxPoints = 16;
constexpr double kTolerance = 0.1;
constexpr std::size_t kMaxReasons = 3;
constexpr double kLeastReason = 0.1;  // log-odds: 1.1 times the odds

std::vector<Contribution> strongest_for(const Explanation& explanation) {
  std::vector<Contribution> reasons;
  if (!explanation.adds_up) return reasons;
  for (const Contribution& contribution : explanation.contributions) {
    if (contribution.log_odds >= kLeastReason) reasons.push_back(contribution);
  }
  return reasons;
}

}  // namespace

Reasons find_reasons(const Engine& engine, const Message& message, std::chrono::steady_clock::time_point deadline) {
  const auto until = std::min(deadline, std::chrono::steady_clock::now() + kPatience);
  try {
    const AttributionLimits path{until, kMaxPoints, kFirstSteps, kTolerance};
    const Explanation explanation = explain(engine, message, 0, {path, kMaxReasons, 0});
    return {strongest_for(explanation), explanation.cpu};
  } catch (const std::exception&) {
    return {};  // memory ran out; the message has its verdict already
  }
}

}  // namespace winnow
