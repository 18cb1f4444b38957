// given_facts.h - the facts that a test of rules gives: read and checked, then laid over what is known already.
//
// Owns:    plain values.
// Threads: one thread.
// Fails:   read_given_facts reports every problem at its place; what could be read is still returned.
// Units:   as in Facts.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/yaml_node.h"
#include "rules/facts.h"

namespace winnow {

struct GivenFacts {
  std::vector<std::pair<Fact, FactValue>> values;
  std::optional<std::vector<std::string>> recipients;        // a single `recipient` is the list of that one
  std::vector<std::pair<std::string, std::string>> headers;  // top to bottom
  std::vector<std::pair<std::string, double>> features;

  bool has(Fact fact) const;
};

/// The mapping under `facts:`: names of fact_table(), recipients, headers and features.
GivenFacts read_given_facts(const YamlNode& node, const FeatureNames& features, Diagnostics& problems);

/// Sets what is given, and what follows from it unless that is given too: the domain of an address, the number of
/// attachments or recipients. A header or feature replaces those of its name.
void lay_over(const GivenFacts& given, Facts& facts);

}  // namespace winnow
