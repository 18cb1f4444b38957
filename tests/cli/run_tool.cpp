#include "tests/cli/run_tool.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

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

}  // namespace

ToolRun run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::string& standard_input) {
  const ScratchFolder folder;
  folder.write("in", standard_input);
  const pid_t child = ::fork();
  if (child == 0) become(program, arguments, folder.path());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return {127, "", "cannot start " + program};
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {exit_code, folder.read("out"), folder.read("err")};
}

ToolRun run_tool(const std::vector<std::string>& arguments, const std::string& standard_input) {
  return run_program(WINNOW_TOOL, arguments, standard_input);
}

}  // namespace winnow
