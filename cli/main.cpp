// main.cpp - `winnow`: finds the command in the table and runs it.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/terminal.h"
#include "config/diagnostics.h"

namespace {

using winnow::Command;

constexpr const Command* kCommands[] = {
    &winnow::kCheckCommand,  &winnow::kClassifyCommand, &winnow::kExplainCommand,  &winnow::kTestCommand,
    &winnow::kReplayCommand, &winnow::kTrainCommand,    &winnow::kEvaluateCommand, &winnow::kCompressCommand,
    &winnow::kFactsCommand,  &winnow::kConfigCommand,   &winnow::kSchemaCommand,   &winnow::kSendCommand,
    &winnow::kStatusCommand, &winnow::kBenchCommand,
};

void print_overview(FILE* out) {
  std::fputs("winnow - the tools of the Winnow spam filter.\nusage: winnow COMMAND [options] [FILE...]\n", out);
  for (const Command* command : kCommands) {
    std::fprintf(out, "  %-10s%s\n", std::string(command->name).c_str(), std::string(command->sentence).c_str());
  }
  std::fputs("  --version prints the version; 'winnow COMMAND --help' tells a command's options\n", out);
}

int unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  const std::string hint = winnow::did_you_mean(word, names);
  const std::string text = "winnow: no command '" + word + "'" + (hint.empty() ? "" : " (" + hint + ")");
  std::fprintf(stderr, "%s; see 'winnow --help'\n", winnow::escape_for_terminal(text).c_str());
  return winnow::kWrongUsage;
}

/// Memory that runs out, or a working folder that is gone, is a problem like others.
int run_command(const Command& command, int argc, char** argv) {
  try {
    return command.run(command, argc, argv);
  } catch (const std::exception& error) {
    const std::string text = "winnow " + std::string(command.name) + ": " + error.what();
    std::fprintf(stderr, "%s\n", winnow::escape_for_terminal(text).c_str());
    return winnow::kProblems;
  }
}

int run(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word.empty() || word == "--help" || word == "-h" || word == "help") {
    print_overview(word.empty() ? stderr : stdout);
    return word.empty() ? winnow::kWrongUsage : winnow::kFine;
  }
  if (word == "--version") {
    std::puts("winnow " WINNOW_VERSION);
    return winnow::kFine;
  }
  for (const Command* command : kCommands) {
    if (command->name == word) return run_command(*command, argc - 1, argv + 1);
  }
  return unknown_command(std::string(word));
}

/// An answer that a full disk has cut is no answer.
int with_all_written(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  std::perror("winnow: standard output");
  return exit_code == winnow::kFine ? winnow::kProblems : exit_code;
}

}  // namespace

int main(int argc, char** argv) { return with_all_written(run(argc, argv)); }
