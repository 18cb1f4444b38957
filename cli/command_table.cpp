#include "cli/command_table.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "cli/terminal.h"
#include "config/diagnostics.h"

namespace winnow {
namespace {

constexpr const Command* kCommands[] = {
    &kCheckCommand,  &kClassifyCommand, &kExplainCommand,  &kTestCommand,     &kReplayCommand,
    &kLearnCommand,  &kTrainCommand,    &kEvaluateCommand, &kCompressCommand, &kFactsCommand,
    &kConfigCommand, &kSchemaCommand,   &kSendCommand,     &kStatusCommand,   &kBenchCommand,
};

}  // namespace

const Command* command_named(std::string_view word) {
  const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                  [word](const Command* command) { return command->name == word; });
  return found == std::end(kCommands) ? nullptr : *found;
}

void print_overview(FILE* out) {
  std::fputs("winnow - the tools of the Winnow spam filter.\nusage: winnow COMMAND [options] [FILE...]\n", out);
  for (const Command* command : kCommands) {
    std::fprintf(out, "  %-10s%s\n", std::string(command->name).c_str(), std::string(command->sentence).c_str());
  }
  std::fputs("  --version prints the version; 'winnow COMMAND --help' tells a command's options\n", out);
}

int refuse_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  const std::string hint = did_you_mean(word, names);
  const std::string text = "winnow: no command '" + word + "'" + (hint.empty() ? "" : " (" + hint + ")");
  std::fprintf(stderr, "%s; see 'winnow --help'\n", escape_for_terminal(text).c_str());
  return kWrongUsage;
}

}  // namespace winnow
