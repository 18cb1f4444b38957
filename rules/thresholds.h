// thresholds.h - the probabilities that the names `junk` and `flag` stand for in a rule.
//
// Owns:    plain values.
// Fails:   never.
// Units:   probabilities 0..1.
#pragma once

#include <string>

#include "config/units.h"

namespace winnow {

struct Thresholds {
  double junk = 0.9;
  double flag = 0.5;
  bool operator==(const Thresholds&) const = default;
};

/// "did you mean 90%?" of 0.9%, which nearly all mail reaches; "" of what may well be meant.
inline std::string doubt_about_probability(double probability) {
  return probability > 0 && probability < 0.01 ? "did you mean " + format_percent(probability * 100) + "?" : "";
}

}  // namespace winnow
