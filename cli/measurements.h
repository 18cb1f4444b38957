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

/// The trend of points, whatever their number: of many, evenly spaced ones are kept. Source: Sen 1968, "Estimates of the Regression
/// Coefficient Based on Kendall's Tau". A line of least squares follows every dip; this one does not until half of the points dip.
class Trend {
 public:
  void add(double x, double y);
  /// How much y grows for each x, the median over all pairs of points; 0 while all have the same x.
  double slope() const;

 private:
  struct Point {
    double x, y;
  };
  std::vector<Point> points_;
  std::size_t stride_ = 1, skipped_ = 0;  // every so many-th point is kept
};

}  // namespace winnow
