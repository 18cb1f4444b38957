// override_reader.h - `overrides:` of a rules file -> overrides; and `thresholds:`, which stand in both.
//
// Owns:    borrows what it is given, which must outlive it.
// Fails:   every problem is reported at its place; what could be read is still returned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/yaml_node.h"
#include "rules/override_clashes.h"
#include "rules/overrides.h"
#include "rules/rule_reader.h"

namespace winnow {

/// {junk: 90%, flag: 50%}, either of them optional.
void read_thresholds(const YamlNode& node, std::optional<Sourced<double>>& junk, std::optional<Sourced<double>>& flag,
                     Diagnostics& problems);

class OverrideReader {
 public:
  OverrideReader(RuleReader& rules, Diagnostics& problems) : rules_(rules), problems_(problems), clashes_(problems) {}

  /// Adds the overrides of one file, whose `mode` their rules have.
  void read(const YamlNode& list, RuleMode mode, Overrides& into);

  /// After all files: for nobody may the flag threshold be above the junk threshold.
  void check_thresholds(const Overrides& overrides, const Policy& common);

 private:
  Override read_one(const YamlNode& node, RuleMode mode);
  std::vector<std::string> read_patterns(const YamlNode& node, std::string_view key);
  void read_ceiling(const YamlNode& node, Override& into);
  void check_thresholds_of(const Override& one, const Location& where, const Overrides& overrides,
                           const Policy& common);

  RuleReader& rules_;
  Diagnostics& problems_;
  OverrideClashes clashes_;
  std::vector<Location> wheres_;  // of each override
};

}  // namespace winnow
