// rule_reader.h - one rule as YAML -> the rule, its conditions checked.
//
// Owns:    borrows lists, names and Diagnostics, which must outlive it.
// Fails:   every problem is reported at its place; what could be read is still returned.
#pragma once

#include <map>
#include <string>

#include "config/yaml_node.h"
#include "rules/named_lists.h"
#include "rules/rule.h"
#include "rules/rule_set.h"

namespace winnow {

enum class RuleMode { Enforce, Monitor };  // in the order of mode_words()

/// The value of a `mode:`.
RuleMode read_mode(const YamlNode& node, Diagnostics& problems);

class RuleReader {
 public:
  RuleReader(NamedLists& lists, const FeatureNames& features, Diagnostics& problems)
      : lists_(lists), features_(features), problems_(problems) {}

  /// `mode` holds unless the rule has its own. Ids are unique over all rules that one reader reads.
  Rule read(const YamlNode& node, RuleMode mode);

 private:
  void read_id(const YamlNode& node, Rule& rule);
  void read_conditions(const YamlNode& node, Rule& rule);
  std::optional<Expression> read_condition(const YamlNode& node, std::string_view name);
  void read_then(const YamlNode& node, Rule& rule);

  NamedLists& lists_;
  const FeatureNames& features_;
  Diagnostics& problems_;
  std::map<std::string, Location> ids_;
};

}  // namespace winnow
