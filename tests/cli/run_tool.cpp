#include "tests/cli/run_tool.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

void redirect(const std::filesystem::path& file, int flags, int to) {
  const int fd = ::open(file.c_str(), flags, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(127);
}

[[noreturn]] void become(const std::string& program, const std::vector<std::string>& arguments,
                         const std::filesystem::path& folder) {
  redirect(folder / "in", O_RDONLY, STDIN_FILENO);
  redirect(folder / "out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect(folder / "err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

pid_t start(const std::string& program, const std::vector<std::string>& arguments, const ScratchFolder& folder) {
  const pid_t child = ::fork();
  if (child == 0) become(program, arguments, folder.path());
  return child;
}

ToolRun wait_for(pid_t child, const ScratchFolder& folder) {
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return {127, "", "cannot start the program"};
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {exit_code, folder.read("out"), folder.read("err")};
}

/// Whether the program that the process has become has installed a handler, as the kernel tells it. Until then it is a copy of
/// this test, with its handlers.
bool handles(pid_t process, int signal) {
  std::error_code gone;
  if (std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe", gone) !=
      std::filesystem::canonical(WINNOW_TOOL))
    return false;
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("SigCgt:", 0) == 0) return ((std::stoull(line.substr(7), nullptr, 16) >> (signal - 1)) & 1) != 0;
  }
  return false;
}

}  // namespace

ToolRun run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::string& standard_input) {
  const ScratchFolder folder;
  folder.write("in", standard_input);
  return wait_for(start(program, arguments, folder), folder);
}

ToolRun run_tool(const std::vector<std::string>& arguments, const std::string& standard_input) {
  return run_program(WINNOW_TOOL, arguments, standard_input);
}

ToolRun interrupt_tool(const std::vector<std::string>& arguments, int signal) {
  const ScratchFolder folder;
  folder.write("in", "");
  const pid_t child = start(WINNOW_TOOL, arguments, folder);
  if (child > 0 && poll_until([child, signal] { return handles(child, signal); })) ::kill(child, signal);
  return wait_for(child, folder);
}

}  // namespace winnow
