#include "engine/explanation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace winnow {
namespace {

using Groups = std::pmr::unordered_map<std::string_view, double>;  // what a reader knows it as -> log-odds
using Group = std::pair<std::string_view, double>;

// Of the groups of most messages, so that they need no memory one by one.
constexpr std::size_t kGroupBytes = 64u << 10;

/// Everything that reads the same is one: a word and its pieces, a dense value and the step it falls into.
void group(const FeatureOrigins& origins, const Attribution& attribution, double slope, Groups& groups) {
  double* sum = nullptr;
  TextRange latest;  // the pieces of a word follow each other
  for (std::size_t i = 0; i < attribution.tokens.size(); ++i) {
    const TextRange reads = origins.tokens[i].reads;
    if (sum == nullptr || reads.at != latest.at) sum = &groups[origins.text(reads)];
    latest = reads;
    *sum += slope * attribution.tokens[i];
  }
  for (std::size_t i = 0; i < attribution.dense.size(); ++i) {
    if (!origins.dense[i].empty()) groups[origins.dense[i]] += slope * attribution.dense[i];
  }
}

bool is_stronger(const Group& a, const Group& b) {
  const double left = std::abs(a.second), right = std::abs(b.second);
  return left != right ? left > right : a.first < b.first;
}

/// The `most` strongest of these, in no order.
void keep_strongest(std::vector<Group>& groups, std::size_t most) {
  if (groups.size() <= most) return;
  std::nth_element(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(most), groups.end(), is_stronger);
  groups.resize(most);
}

std::vector<Contribution> strongest_first(const Groups& groups, const ExplanationLimits& limits) {
  std::vector<Group> order, against;
  order.reserve(groups.size());
  for (const Group group : groups) (group.second > 0 ? order : against).push_back(group);
  keep_strongest(order, limits.most_for);
  keep_strongest(against, limits.most_against);
  order.insert(order.end(), against.begin(), against.end());
  std::sort(order.begin(), order.end(), is_stronger);
  std::vector<Contribution> contributions;
  contributions.reserve(order.size());
  for (const auto& [text, log_odds] : order) contributions.push_back({std::string(text), log_odds});
  return contributions;
}

std::vector<NamedContribution> named(const Features& features, const FeatureOrigins& origins, const Groups& groups) {
  std::vector<NamedContribution> all;
  for (std::size_t i = 0; i < features.dense.size(); ++i) {
    const auto group = groups.find(origins.dense[i]);
    all.push_back({dense_features()[i].name, features.dense[i], group == groups.end() ? 0 : group->second});
  }
  return all;
}

}  // namespace

Explanation explain(const Engine& engine, const Message& message, std::size_t label, const ExplanationLimits& limits) {
  FeatureOrigins origins;
  const Features features = engine.extractor().extract(message, origins);
  const Attribution attribution = attribute(engine, features, label, limits.path);
  Explanation result;
  result.label = engine.manifest().labels[label];
  result.cause = attribution.cause;
  result.error = attribution.error;
  if (!result.error.empty()) return result;

  const Calibration& calibration = engine.manifest().calibration[label];
  std::array<std::byte, kGroupBytes> room;
  std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
  Groups groups(&memory);
  group(origins, attribution, calibration.slope, groups);
  result.start = calibration.slope * attribution.start + calibration.intercept;
  result.prior_shift = engine.prior_shift(label);
  result.log_odds = calibration.slope * attribution.logit + calibration.intercept + result.prior_shift;
  result.remainder = calibration.slope * attribution.remainder;
  result.adds_up = attribution.adds_up;
  result.points = attribution.points;
  result.cpu = attribution.cpu;
  result.contributions = strongest_first(groups, limits);
  result.features = named(features, origins, groups);
  return result;
}

}  // namespace winnow
