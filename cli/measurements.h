// measurements.h - figures made from many measurements: percentiles and the slope of a line.
//
// Owns:    plain values.
// Fails:   never; of nothing everything is 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace winnow {

/// The least measurement that so many percent do not exceed.
struct Percentiles {
  std::uint32_t p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
};

Percentiles percentiles_of(const std::vector<std::uint32_t>& sorted);

/// The line through points that lies closest (least squares), whatever their number.
class Trend {
 public:
  void add(double x, double y);
  /// How much y grows for each x; 0 while all points have the same x.
  double slope() const;

 private:
  std::size_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0, squares_ = 0, products_ = 0;
};

}  // namespace winnow
