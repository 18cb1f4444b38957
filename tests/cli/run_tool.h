// run_tool.h - runs the built program as a person would, and keeps what it said.
//
// Blocks:  until the program ends.
// Fails:   a program that cannot be started has exit_code 127; one that a signal ended has 128 + its number.
#pragma once

#include <string>
#include <vector>

namespace winnow {

struct ToolRun {
  int exit_code = 0;
  std::string out, err;
};

/// `winnow ARGUMENTS...`; the program reads `standard_input` and writes to no terminal.
ToolRun run_tool(const std::vector<std::string>& arguments, const std::string& standard_input = "");

ToolRun run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::string& standard_input = "");

/// Starts `winnow ARGUMENTS...`, sends it the signal as soon as it has a handler for it, and waits for its end.
ToolRun interrupt_tool(const std::vector<std::string>& arguments, int signal);

}  // namespace winnow
