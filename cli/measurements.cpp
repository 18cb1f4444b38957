#include "cli/measurements.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace winnow {
namespace {

constexpr std::size_t kMostPoints = 1024;  // half a million pairs

std::uint32_t at_share(const std::vector<std::uint32_t>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

}  // namespace

Percentiles percentiles_of(const std::vector<std::uint32_t>& sorted) {
  if (sorted.empty()) return {};
  return {at_share(sorted, 0.5), at_share(sorted, 0.9), at_share(sorted, 0.99), at_share(sorted, 0.999), sorted.back()};
}

void Trend::add(double x, double y) {
  if (++skipped_ < stride_) return;
  skipped_ = 0;
  points_.push_back({x, y});
  if (points_.size() < kMostPoints) return;
  std::vector<Point> fewer;
  for (std::size_t i = 1; i < points_.size(); i += 2) fewer.push_back(points_[i]);
  points_ = std::move(fewer);
  stride_ *= 2;
}

double Trend::slope() const {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    for (std::size_t k = i + 1; k < points_.size(); ++k) {
      const double apart = points_[k].x - points_[i].x;
      if (apart != 0) slopes.push_back((points_[k].y - points_[i].y) / apart);
    }
  }
  if (slopes.empty()) return 0;
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  return *middle;
}

}  // namespace winnow
