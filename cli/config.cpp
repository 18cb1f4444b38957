#include <cstdio>

#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "config/settings.h"

namespace winnow {
namespace {

int run_config(const Command& self, int argc, char** argv) {
  std::filesystem::path config = kDefaultSettingsFile;
  Arguments arguments(self);
  arguments.add({"--config", "FILE", "settings file"}, config);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  const auto settings = load_settings(config, problems);
  print_problems(problems);
  if (!settings) return kProblems;
  std::fputs(escape_for_terminal(describe_settings(*settings)).c_str(), stdout);
  return kFine;
}

}  // namespace

const Command kConfigCommand{"config", "print the effective settings and where each was set.",
                             "0 fine, 1 problems, 2 wrong usage", "winnow config | grep -v default", run_config};

}  // namespace winnow
