#include "cli/measurements.h"

#include <algorithm>
#include <cmath>

namespace winnow {
namespace {

std::uint32_t at_share(const std::vector<std::uint32_t>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

}  // namespace

Percentiles percentiles_of(const std::vector<std::uint32_t>& sorted) {
  if (sorted.empty()) return {};
  return {at_share(sorted, 0.5), at_share(sorted, 0.9), at_share(sorted, 0.99), at_share(sorted, 0.999), sorted.back()};
}

// Welford's way: sums of squares of large numbers would lose the small differences between them.
void Trend::add(double x, double y) {
  ++count_;
  const double from_mean = x - mean_x_;
  mean_x_ += from_mean / static_cast<double>(count_);
  mean_y_ += (y - mean_y_) / static_cast<double>(count_);
  squares_ += from_mean * (x - mean_x_);
  products_ += from_mean * (y - mean_y_);
}

double Trend::slope() const { return squares_ > 0 ? products_ / squares_ : 0; }

}  // namespace winnow
