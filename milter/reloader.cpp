#include "milter/reloader.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace winnow {
namespace {

/// Names the settings that a running process cannot change.
std::string needs_restart(const Settings& now, const Settings& next) {
  std::string names;
  const auto note = [&names](bool same, const char* name) {
    if (!same) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  note(now.milter.socket == next.milter.socket, "milter.socket");
  note(now.milter.socket_mode == next.milter.socket_mode, "milter.socket_mode");
  note(now.milter.socket_group == next.milter.socket_group, "milter.socket_group");
  note(now.metrics.listen == next.metrics.listen, "metrics.listen");
  note(now.log.to == next.log.to, "log.to");
  return names;
}

std::string one_line(const Diagnostic& problem) {
  std::string line;
  if (problem.where.source != nullptr) {
    line = problem.where.source->name + ":";
    if (problem.where.line > 0) {
      line += std::to_string(problem.where.line) + ":" + std::to_string(problem.where.column) + ":";
    }
    line += " ";
  }
  line += problem.severity == Severity::Error ? "error: " : "warning: ";
  line += problem.text + (problem.hint.empty() ? "" : " (" + problem.hint + ")");
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return line;
}

void tell_systemd_reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const long long microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  (void)::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", microseconds);
}

}  // namespace

void log_problems(const Diagnostics& problems, Log& log) {
  for (const Diagnostic& problem : problems.entries()) {
    log.write(problem.severity == Severity::Error ? LogLevel::Error : LogLevel::Warning, one_line(problem));
  }
  const std::string rest = problems.rest();
  if (!rest.empty()) log.write(problems.has_errors() ? LogLevel::Error : LogLevel::Warning, rest);
}

Reloader::Reloader(LoadSnapshot load, MailService& service, Metrics& metrics, std::function<std::string()> find_fault)
    : load_(std::move(load)),
      service_(service),
      metrics_(metrics),
      find_fault_(std::move(find_fault)),
      started_with_(service.snapshot()->settings),
      thread_([this] { work(); }) {}

Reloader::~Reloader() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Reloader::request() {
  const MutexLock lock(mutex_);
  requested_ = true;
  changed_.notify_all();
}

bool Reloader::wait_for_request() {
  constexpr std::chrono::seconds kLook{1};
  for (;; drop_unused()) {
    const MutexLock lock(mutex_);
    while (!requested_ && !stopping_ && retired_.empty()) changed_.wait(mutex_);
    if (!requested_ && !stopping_) changed_.wait_for(mutex_, kLook);
    if (stopping_) return false;
    if (std::exchange(requested_, false)) return true;
  }
}

void Reloader::drop_unused() {
  std::erase_if(retired_, [](const std::shared_ptr<const Snapshot>& snapshot) { return snapshot.use_count() == 1; });
}

void Reloader::work() {
  while (wait_for_request()) {
    tell_systemd_reloading();
    try {
      tell_fault();
      reload();
    } catch (const std::exception& problem) {
      metrics_.reload(ReloadResult::Failed);
      service_.log().error(std::string("reload failed, the old configuration stays: ") + problem.what());
    }
    (void)::sd_notify(0, "READY=1");
  }
}

void Reloader::tell_fault() {
  const std::string fault = find_fault_ ? find_fault_() : std::string();
  if (!fault.empty()) service_.log().error("not mended by a reload: " + fault);
}

void Reloader::reload() {
  const std::shared_ptr<const Snapshot> current = service_.snapshot();
  Diagnostics problems;
  const std::shared_ptr<const Snapshot> next = load_(current.get(), problems);
  log_problems(problems, service_.log());
  if (next == nullptr) {
    metrics_.reload(ReloadResult::Failed);
    service_.log().error("reload failed, the old configuration stays: " + std::to_string(problems.error_count()) +
                         " errors, see above");
    return;
  }
  const std::string restart = needs_restart(started_with_, next->settings);
  if (!restart.empty()) service_.log().warning("reload: " + restart + " changed; that needs a restart");
  // What may run out of memory comes first: a reload is in force, or it failed, and is counted as one of both.
  const std::string reloaded = "reloaded: model=" + word(next->engine->manifest().name) +
                               " rules=" + std::to_string(next->rules->info().rules) +
                               (next->engine == current->engine ? " (model unchanged)" : "");
  retired_.reserve(retired_.size() + 1);
  metrics_.model(next->engine->manifest().name, next->engine->sha256());
  service_.replace(next);
  retired_.push_back(current);
  metrics_.reload(ReloadResult::Ok);
  service_.log().info(reloaded);
}

}  // namespace winnow
