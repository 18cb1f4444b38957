// yaml_keys.h - small questions that every reader of a rules file asks.
//
// Fails:   each reports what does not fit at its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_node.h"

namespace winnow {

/// Reports every key of the mapping that is not in `known`; `place` is "in a rule", for the message.
void refuse_unknown_keys(const YamlNode& mapping, const std::vector<std::string>& known, std::string_view place,
                         Diagnostics& problems);

/// Reports and answers false unless the node is a mapping.
bool require_mapping(const YamlNode& node, std::string_view name, Diagnostics& problems);
bool require_sequence(const YamlNode& node, std::string_view name, std::string hint, Diagnostics& problems);

/// The text of a scalar, or null with a report.
const std::string* require_text(const YamlNode& node, std::string_view name, Diagnostics& problems);

/// The index of the scalar in `words`, or nullopt with a report.
std::optional<std::size_t> require_one_of(const YamlNode& node, std::string_view name,
                                          const std::vector<std::string>& words, Diagnostics& problems);

/// "'text'", "an empty text", "a list": what a message says it found.
std::string describe_found(const YamlNode& node);

}  // namespace winnow
