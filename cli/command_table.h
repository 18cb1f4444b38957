// command_table.h - the table of all commands, and what `winnow` says without one.
//
// Owns:    nothing; the commands live as long as the program.
// Fails:   a word that is no command gets a sentence on stderr, with the nearest one.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace winnow {

/// Null when there is none of that name.
const Command* command_named(std::string_view word);

/// Each command with its sentence.
void print_overview(FILE* out);

/// Tells that there is no such command. The exit code of that.
int refuse_command(const std::string& word);

}  // namespace winnow
