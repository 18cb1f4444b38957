#include <cstdio>
#include <filesystem>

#include "cli/arguments.h"
#include "cli/schema_text.h"
#include "cli/snapshot_options.h"
#include "config/setting_table.h"
#include "rules/rule_keys.h"

namespace winnow {
namespace {

std::string settings_schema() {
  const std::filesystem::path file = kDefaultSettingsFile;
  return schema_of(
      settings_form(default_settings(file.parent_path())),
      {"winnow.yaml", "Settings of the Winnow spam filter. Editors see most mistakes, `winnow check` sees all."});
}

std::string rules_schema() {
  return schema_of(rules_file_form(),
                   {"rules.yaml", "What Winnow does with mail. Editors see most mistakes, `winnow check` sees all."});
}

int run_schema(const Command& self, int argc, char** argv) {
  std::string which;
  Arguments arguments(self);
  arguments.add_choice("settings|rules", "the file that it is for: winnow.yaml, or a file of rules", which);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  const std::string schema = which == "settings" ? settings_schema() : rules_schema();
  std::fputs(schema.c_str(), stdout);
  return kFine;
}

}  // namespace

const Command kSchemaCommand{"schema", "print the JSON Schema by which editors complete and check a file.",
                             "0 fine, 1 it could not be written, 2 wrong usage",
                             "winnow schema rules > rules.schema.json", run_schema};

}  // namespace winnow
