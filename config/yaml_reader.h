// yaml_reader.h - from YAML text to YamlNode; inside the room, the only user of yaml-cpp.
//
// Owns:    nothing; the tree shares the source.
// Blocks:  never.
// Fails:   as yaml_node.h says; no exception leaves.
#pragma once

#include <memory>
#include <optional>

#include "config/yaml_node.h"

namespace winnow {

std::optional<YamlNode> build_yaml_tree(std::shared_ptr<const SourceText> source, Diagnostics& problems,
                                        const YamlLimits& limits);

}  // namespace winnow
