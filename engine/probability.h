// probability.h - a number that is a probability, or is not there.
//
// Owns:    a plain value.
// Fails:   from() answers nullopt for NaN and for what is out of range.
// Units:   0..1.
#pragma once

#include <optional>

namespace winnow {

class Probability {  // invariant: 0 <= value() <= 1, never NaN
 public:
  static std::optional<Probability> from(double raw) {
    if (!(raw >= 0.0 && raw <= 1.0)) return std::nullopt;
    return Probability(raw);
  }
  double value() const { return value_; }

 private:
  explicit Probability(double value) : value_(value) {}
  double value_;
};

}  // namespace winnow
