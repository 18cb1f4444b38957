#include "engine/torch/codebook.h"

#include <algorithm>
#include <cmath>

namespace winnow {
namespace {

constexpr std::size_t kHistogramBins = 4096;
/// What an error at this value costs. Training gives the largest weights to the tokens that most mail has: with equal costs
/// the levels would crowd where it matters least. Seven bits of the shipped model move a probability by 0.022 with
/// the absolute value as the cost, by 0.009 with its square and by 0.011 with its cube.
double weight_of(float value) { return static_cast<double>(value) * value; }

constexpr int kIterations = 30;  // the error changes by less than 0.1 % in the last ones

/// Each value once, when they are no more than `levels`; else empty. Then nothing needs to be approximated.
std::vector<float> distinct_values(const std::vector<float>& sorted, std::size_t levels) {
  std::vector<float> distinct;
  for (const float value : sorted) {
    if (!distinct.empty() && distinct.back() == value) continue;
    if (distinct.size() == levels) return {};
    distinct.push_back(value);
  }
  distinct.resize(levels, sorted.back());
  return distinct;
}

/// Levels at equal steps of the summed cube root of the density.
std::vector<float> starting_levels(const std::vector<float>& sorted, std::size_t levels) {
  const double low = sorted.front(), width = (static_cast<double>(sorted.back()) - low) / kHistogramBins;
  if (!(width > 0)) return std::vector<float>(levels, sorted.front());
  std::vector<double> mass(kHistogramBins, 0.0);
  for (const float value : sorted)
    mass[std::min(kHistogramBins - 1, static_cast<std::size_t>((value - low) / width))] += weight_of(value);
  double total = 0;
  for (double& one : mass) total += one = std::cbrt(one);
  std::vector<float> chosen;
  double passed = 0;
  for (std::size_t bin = 0; bin < kHistogramBins; ++bin) {
    passed += mass[bin];
    while (chosen.size() < levels && passed >= total * (static_cast<double>(chosen.size()) + 0.5) / levels)
      chosen.push_back(static_cast<float>(low + (static_cast<double>(bin) + 0.5) * width));
  }
  chosen.resize(levels, sorted.back());
  return chosen;
}

/// At [i] the sums over the first i values.
struct RunningSums {
  std::vector<double> weights, weighted_values;
};

RunningSums running_sums(const std::vector<float>& sorted) {
  RunningSums sums{std::vector<double>(sorted.size() + 1, 0.0), std::vector<double>(sorted.size() + 1, 0.0)};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double weight = weight_of(sorted[i]);
    sums.weights[i + 1] = sums.weights[i] + weight;
    sums.weighted_values[i + 1] = sums.weighted_values[i] + weight * sorted[i];
  }
  return sums;
}

/// Moves every level to the weighted mean of the values that are nearest to it; a level without values stays.
void move_to_means(const std::vector<float>& sorted, const RunningSums& sums, std::vector<float>& levels) {
  std::size_t begin = 0;
  std::vector<float> moved = levels;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    std::size_t end = sorted.size();
    if (level + 1 < levels.size()) {
      const float border = (levels[level] + levels[level + 1]) / 2;
      end = static_cast<std::size_t>(std::upper_bound(sorted.begin(), sorted.end(), border) - sorted.begin());
    }
    const double weight = end > begin ? sums.weights[end] - sums.weights[begin] : 0;
    if (weight > 0)
      moved[level] = static_cast<float>((sums.weighted_values[end] - sums.weighted_values[begin]) / weight);
    begin = std::max(begin, end);
  }
  levels = std::move(moved);
}

}  // namespace

std::vector<float> fit_codebook(std::vector<float> values, std::size_t levels) {
  if (values.empty()) return std::vector<float>(levels, 0.0f);
  std::sort(values.begin(), values.end());
  std::vector<float> codebook = distinct_values(values, levels);
  if (!codebook.empty()) return codebook;
  codebook = starting_levels(values, levels);
  const RunningSums sums = running_sums(values);
  for (int i = 0; i < kIterations; ++i) move_to_means(values, sums, codebook);
  std::sort(codebook.begin(), codebook.end());
  return codebook;
}

std::size_t nearest_level(const std::vector<float>& codebook, float value) {
  const auto above = std::lower_bound(codebook.begin(), codebook.end(), value);
  if (above == codebook.begin()) return 0;
  const auto at = static_cast<std::size_t>(above - codebook.begin());
  if (above == codebook.end()) return at - 1;
  return value - codebook[at - 1] < *above - value ? at - 1 : at;
}

}  // namespace winnow
