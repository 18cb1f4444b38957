#include "milter/reasons.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

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
  for (const Contribution& contribution : explanation.contributions) {
    if (contribution.log_odds >= kLeastReason) reasons.push_back(contribution);
  }
  return reasons;
}

ReasonsResult why_none(const Explanation& explanation) {
  if (explanation.cause == ScoreError::Busy) return ReasonsResult::Busy;
  return explanation.cause == ScoreError::Deadline ? ReasonsResult::Late : ReasonsResult::Failed;
}

Reasons reasons_from(const Explanation& explanation) {
  if (!explanation.adds_up) return {why_none(explanation), {}, explanation.cpu};
  std::vector<Contribution> strongest = strongest_for(explanation);
  const ReasonsResult result = strongest.empty() ? ReasonsResult::None : ReasonsResult::Given;
  return {result, std::move(strongest), explanation.cpu};
}

}  // namespace

std::string_view reasons_result_name(ReasonsResult result) {
  switch (result) {
    case ReasonsResult::Given:
      return "given";
    case ReasonsResult::None:
      return "none";
    case ReasonsResult::Busy:
      return "busy";
    case ReasonsResult::Late:
      return "late";
    case ReasonsResult::Failed:
      return "failed";
  }
  return "failed";
}

Reasons find_reasons(const Engine& engine, const Message& message, Clock::time_point deadline) {
  const auto until = std::min(deadline, Clock::now() + kPatience);
  try {
    const AttributionLimits path{until, kMaxPoints, kFirstSteps, kTolerance};
    return reasons_from(explain(engine, message, 0, {path, kMaxReasons, 0}));
  } catch (const std::exception&) {
    return {};  // memory ran out; the message has its verdict already
  }
}

}  // namespace winnow
