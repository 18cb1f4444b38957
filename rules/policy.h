// policy.h - what holds for one recipient: thresholds, ceiling and rules of its own, each with the place that says so.
//
// Owns:    plain values.
// Units:   thresholds 0..1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/decision.h"
#include "rules/thresholds.h"

namespace winnow {

/// A value and where it was written: "rules.yaml:14"; "" for a default.
template <typename T>
struct Sourced {
  T value{};
  std::string where;
};

struct Policy {
  Sourced<double> junk{Thresholds{}.junk, ""};
  Sourced<double> flag{Thresholds{}.flag, ""};
  std::optional<Sourced<Verdict>> ceiling;      // nothing stricter is done to this recipient's mail
  std::vector<Sourced<std::string>> own_rules;  // ids of the overrides' rules, in the order in which they are tried

  Thresholds thresholds() const { return {junk.value, flag.value}; }
};

}  // namespace winnow
