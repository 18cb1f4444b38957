// thresholds.h - the probabilities that the names `junk` and `flag` stand for in a rule.
//
// Owns:    plain values.
// Units:   probabilities 0..1.
#pragma once

namespace winnow {

struct Thresholds {
  double junk = 0.9;
  double flag = 0.5;
  bool operator==(const Thresholds&) const = default;
};

}  // namespace winnow
