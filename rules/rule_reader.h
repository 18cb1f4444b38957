// rule_reader.h - the trees of all rule files -> RuleProgram.
//
// Owns:    nothing past read().
// Fails:   every problem is reported at its place; read() then gives what is fine, which nobody may use.
#pragma once

#include <filesystem>
#include <vector>

#include "config/yaml_node.h"
#include "rules/rule.h"

namespace winnow {

struct RuleFile {
  std::filesystem::path file;
  YamlNode root;
};

RuleProgram read_rule_files(const std::vector<RuleFile>& files, Diagnostics& problems);

}  // namespace winnow
