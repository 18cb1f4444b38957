// main.cpp - `winnow`: finds the command in the table and runs it.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "cli/command_table.h"
#include "cli/terminal.h"

namespace {

using winnow::Command;

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
    winnow::print_overview(word.empty() ? stderr : stdout);
    return word.empty() ? winnow::kWrongUsage : winnow::kFine;
  }
  if (word == "--version") {
    std::puts("winnow " WINNOW_VERSION);
    return winnow::kFine;
  }
  const Command* command = winnow::command_named(word);
  return command != nullptr ? run_command(*command, argc - 1, argv + 1) : winnow::refuse_command(std::string(word));
}

/// An answer that a full disk has cut is no answer.
int with_all_written(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  std::perror("winnow: standard output");
  return exit_code == winnow::kFine ? winnow::kProblems : exit_code;
}

}  // namespace

int main(int argc, char** argv) { return with_all_written(run(argc, argv)); }
