// rule_loader.h - rule files -> RuleProgram; inside the room. rule_set.h has the public door.
//
// Blocks:  reads files; load_rule_texts only those that its lists name.
// Fails:   every problem of every file is reported; the result is then null.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "rules/rule_set.h"

namespace winnow {

struct RuleText {
  std::filesystem::path file;  // its name in messages; its folder is what list files are relative to
  std::string text;
};

std::shared_ptr<const RuleSet> load_rule_texts(std::vector<RuleText> texts, Diagnostics& problems,
                                               const FeatureNames& features = {});

}  // namespace winnow
