// command.h - the commands of `winnow`: what each is called, what it says of itself, and how it is run.
//
// Threads: a command runs on the main thread; what LibTorch computes runs on threads of the engine.
// Fails:   a command returns its exit code; errors go to stderr and name the file. What run() throws is one, too:
//          memory that ran out, a working folder that is gone.
#pragma once

#include <string_view>

namespace winnow {

/// Exit codes that every command shares.
enum ExitCode : int { kFine = 0, kProblems = 1, kWrongUsage = 2 };

struct Command {
  std::string_view name;
  std::string_view sentence;    // what it does, in one sentence
  std::string_view exit_codes;  // "0 fine, 1 problems, 2 wrong usage"
  std::string_view example;
  int (*run)(const Command& self, int argc, char** argv);  // argv[0] is the command's name
};

extern const Command kCheckCommand;
extern const Command kClassifyCommand;
extern const Command kExplainCommand;
extern const Command kTestCommand;
extern const Command kReplayCommand;
extern const Command kLearnCommand;
extern const Command kTrainCommand;
extern const Command kEvaluateCommand;
extern const Command kCompressCommand;
extern const Command kFactsCommand;
extern const Command kConfigCommand;
extern const Command kSchemaCommand;
extern const Command kSendCommand;
extern const Command kStatusCommand;
extern const Command kBenchCommand;

}  // namespace winnow
