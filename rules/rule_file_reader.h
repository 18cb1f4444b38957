// rule_file_reader.h - the trees of all rule files -> RuleProgram.
//
// Fails:   every problem of every file is reported; the program is complete only when there are no errors.
#pragma once

#include <filesystem>
#include <vector>

#include "config/yaml_node.h"
#include "rules/rule.h"
#include "rules/rule_set.h"

namespace winnow {

struct RuleFile {
  std::filesystem::path file;
  YamlNode root;
};

RuleProgram read_rule_files(const std::vector<RuleFile>& files, const FeatureNames& features, Diagnostics& problems);

}  // namespace winnow
