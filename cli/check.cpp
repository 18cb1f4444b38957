#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "config/units.h"
#include "engine/status.h"
#include "milter/listen_socket.h"

namespace winnow {
namespace {

constexpr const char* kDaemonUser = "winnow";  // of the systemd unit

/// "2 x cpu, frozen"
std::string running(const std::vector<std::string>& forms) {
  std::string text;
  for (std::size_t i = 0, next = 0; i < forms.size(); i = next) {
    while (next < forms.size() && forms[next] == forms[i]) ++next;
    text += (text.empty() ? "" : "; ") + std::to_string(next - i) + " x " + forms[i];
  }
  return text.empty() ? "given" : text;
}

std::string summary(const Snapshot& snapshot) {
  const RuleSetInfo& rules = snapshot.rules->info();
  const Manifest& model = snapshot.engine->manifest();
  return "fine: " + std::to_string(rules.rules) + " rules in " + std::to_string(rules.files.size()) + " files, " +
         std::to_string(rules.overrides) + " overrides, junk at " + format_percent(rules.thresholds.junk) +
         ", flag at " + format_percent(rules.thresholds.flag) + "; model " + model.name + " of " + model.created +
         ", sha256 " + snapshot.engine->sha256() + "; runs as " + running(snapshot.engine->forms());
}

/// Whatever way the path takes: one of the two may be a symbolic link to the other.
bool is_installed(const std::filesystem::path& config) {
  std::error_code failed;
  return std::filesystem::equivalent(config, kDefaultSettingsFile, failed);
}

/// Root reads what the daemon's user may not. The installed settings are those of the daemon that is installed, so they, and
/// what they name, are read as its user (packaging/systemd).
Status become_daemon_user() {
  const passwd* user = ::geteuid() == 0 ? ::getpwnam(kDaemonUser) : nullptr;
  if (user == nullptr) return Status::ok();
  const bool changed =
      ::initgroups(user->pw_name, user->pw_gid) == 0 && ::setgid(user->pw_gid) == 0 && ::setuid(user->pw_uid) == 0;
  return changed ? Status::ok()
                 : Status::failed(std::string("cannot become the daemon's user winnow: ") + std::strerror(errno));
}

/// Somebody else may be refused what the daemon's user is allowed. Where there is no such user, the daemon runs as whoever
/// starts it.
bool is_asked_as_daemon() {
  const passwd* user = ::getpwnam(kDaemonUser);
  return user == nullptr || ::geteuid() == 0 || ::geteuid() == user->pw_uid;
}

Location origin_of(const std::string& setting, const std::filesystem::path& config, const Settings& settings) {
  const auto origin = settings.origins.find(setting);
  return origin == settings.origins.end() ? in_file(config) : origin->second;
}

void check_sockets(const std::filesystem::path& config, const Settings& settings, Diagnostics& problems) {
  for (const SocketProblem& problem : problems_of_socket(settings.milter)) {
    const Location where = origin_of(problem.setting, config, settings);
    if (problem.for_this_user && !is_asked_as_daemon()) {
      problems.warning(where, problem.text, "asked as another user than the daemon's");
    } else {
      problems.error(where, problem.text);
    }
  }
  if (const auto problem = problem_of_metrics(settings.metrics)) {
    const bool may_be_fine = problem->for_this_user && !is_asked_as_daemon();
    problems.warning(
        origin_of(problem->setting, config, settings), problem->text,
        may_be_fine ? "asked as another user than the daemon's" : "until it can, the daemon has no metrics");
  }
}

int run_check(const Command& self, int argc, char** argv) {
  std::filesystem::path config = kDefaultSettingsFile;
  Arguments arguments(self);
  arguments.add({"--config", "FILE", "settings file"}, config);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  if (is_installed(config)) {
    if (const Status status = become_daemon_user(); !status) problems.error({}, status.error());
  }
  const std::optional<Settings> settings = problems.has_errors() ? std::nullopt : load_settings(config, problems);
  if (settings) check_sockets(config, *settings, problems);
  const auto snapshot = settings ? load_snapshot(*settings, nullptr, problems) : nullptr;
  print_problems(problems);
  if (problems.has_errors() || !snapshot) return kProblems;
  std::printf("%s\n", escape_for_terminal(summary(*snapshot)).c_str());
  return kFine;
}

}  // namespace

const Command kCheckCommand{
    "check", "read settings, rules and model exactly as the daemon would, and report every problem.",
    "0 fine, 1 problems, 2 wrong usage", "winnow check --config ./winnow.yaml && systemctl reload winnow", run_check};

}  // namespace winnow
