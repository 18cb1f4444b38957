#include "engine/explanation.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace winnow {
namespace {

using Groups = std::unordered_map<std::string_view, double>;  // what a reader knows it as -> log-odds

/// Everything that reads the same is one: a word and its pieces, a dense value and the step it falls into.
Groups group(const FeatureOrigins& origins, const Attribution& attribution, double slope) {
  Groups groups;
  for (std::size_t i = 0; i < attribution.tokens.size(); ++i)
    groups[origins.tokens[i].reads()] += slope * attribution.tokens[i];
  for (std::size_t i = 0; i < attribution.dense.size(); ++i) {
    if (!origins.dense[i].empty()) groups[origins.dense[i]] += slope * attribution.dense[i];
  }
  return groups;
}

std::vector<Contribution> strongest_first(const Groups& groups) {
  std::vector<std::pair<std::string_view, double>> order(groups.begin(), groups.end());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    const double left = std::abs(a.second), right = std::abs(b.second);
    return left != right ? left > right : a.first < b.first;
  });
  std::vector<Contribution> contributions;
  contributions.reserve(order.size());
  for (const auto& [text, log_odds] : order) contributions.push_back({std::string(text), log_odds});
  return contributions;
}

std::vector<NamedContribution> named(const Features& features, const FeatureOrigins& origins, const Groups& groups) {
  std::vector<NamedContribution> all;
  for (std::size_t i = 0; i < features.dense.size(); ++i) {
    const auto group = groups.find(origins.dense[i]);
    all.push_back({std::string(dense_features()[i].name), features.dense[i],
                   group == groups.end() ? 0 : group->second});
  }
  return all;
}

}  // namespace

Explanation explain(const Engine& engine, const Message& message, std::size_t label, const AttributionLimits& limits) {
  FeatureOrigins origins;
  const Features features = engine.extractor().extract(message, origins);
  const Attribution attribution = attribute(engine, features, label, limits);
  Explanation result;
  result.label = engine.manifest().labels[label];
  result.error = attribution.error;
  if (!result.error.empty()) return result;

  const Calibration& calibration = engine.manifest().calibration[label];
  const Groups groups = group(origins, attribution, calibration.slope);
  result.start = calibration.slope * attribution.start + calibration.intercept;
  result.prior_shift = engine.prior_shift(label);
  result.log_odds = calibration.slope * attribution.logit + calibration.intercept + result.prior_shift;
  result.remainder = calibration.slope * attribution.remainder;
  result.adds_up = attribution.adds_up;
  result.points = attribution.points;
  result.contributions = strongest_first(groups);
  result.features = named(features, origins, groups);
  return result;
}

}  // namespace winnow
