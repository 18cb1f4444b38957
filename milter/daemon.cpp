#include "milter/daemon.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

#include "milter/libmilter_server.h"
#include "milter/mail_service.h"
#include "milter/metrics.h"
#include "milter/metrics_door.h"
#include "milter/pool_metrics.h"
#include "milter/reloader.h"
#include "milter/replica_metrics.h"
#include "milter/resource_metrics.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

// libmilter writes an answer right after our callback has returned, and tells nobody when it has.
constexpr std::chrono::milliseconds kAnswerGrace{250};

// For the log's last lines, where somebody reads them at all.
constexpr std::chrono::seconds kLogPatience{1};

/// Everything a running daemon is made of. Never destroyed.
struct Daemon {
  Daemon(const std::shared_ptr<const Snapshot>& snapshot, LoadSnapshot load)
      : log(make_log(snapshot->settings.log.to)),
        metrics(make_metrics()),
        service(snapshot, *log, *metrics),
        reloader(std::move(load), service, *metrics, [this] { return why_unreachable(); }) {}

  /// "" or why no MTA that connects now gets here.
  std::string why_unreachable() const;
  std::string why_not_ready();

  const std::unique_ptr<Log> log;
  const std::unique_ptr<Metrics> metrics;
  MailService service;
  Reloader reloader;
  std::unique_ptr<LibmilterServer> server;
  std::unique_ptr<ResourceMetrics> resources;  // null when metrics are off
  std::unique_ptr<MetricsDoor> door;
  std::atomic<bool> ready{false};
  std::atomic<bool> unreachable{false};  // as /readyz has seen it last
  std::atomic<bool> failed{false};       // libmilter could not go on
};

std::string Daemon::why_unreachable() const {
  // In this order: a stop takes the file away when the daemon is not ready any more.
  if (server->is_reachable() || !ready) return "";
  return "milter.socket " + server->address() +
         " is gone, or another process has its place: no MTA gets here; restart winnow-milter";
}

std::string Daemon::why_not_ready() {
  if (!ready) return "the daemon starts or stops";
  std::string why = why_unreachable();
  if (!unreachable.exchange(!why.empty()) && !why.empty()) log->error(why);
  return why;
}

sigset_t awaited_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int one : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) ::sigaddset(&signals, one);
  return signals;
}

void open_metrics(Daemon& daemon) {
  const std::string listen = daemon.service.snapshot()->settings.metrics.listen;  // another one needs a restart
  if (!listen.empty()) {
    daemon.resources = make_resource_metrics([&daemon] { return daemon.service.snapshot()->settings.cost; },
                                             [&daemon] { return daemon.service.snapshot()->engine->device(); });
  }
  HttpRoutes routes{[&daemon] {
                      const auto snapshot = daemon.service.snapshot();
                      return daemon.service.metrics_text() + daemon.resources->text() +
                             replica_metrics(snapshot->engine->rebuilds()) + pool_metrics(snapshot->engine->pool());
                    },
                    [&daemon] { return daemon.why_not_ready(); }};
  daemon.door = std::make_unique<MetricsDoor>(listen, std::move(routes), *daemon.log);
  daemon.door->open();
}

/// libmilter's main loop on a thread of its own: the main thread is the one that waits for signals, and libmilter's hears
/// of none (libmilter_sigwait.h).
void start_milter(Daemon& daemon, pthread_t main_thread) {
  std::thread([&daemon, main_thread] {
    if (!daemon.server->run()) daemon.failed = true;
    ::pthread_kill(main_thread, SIGTERM);  // it was not able to go on
  }).detach();
}

void announce(Daemon& daemon) {
  const std::shared_ptr<const Snapshot> snapshot = daemon.service.snapshot();
  const std::string& model = snapshot->engine->manifest().name;
  daemon.metrics->model(model, snapshot->engine->sha256());
  daemon.ready = true;  // before the line: who reads it may ask /readyz at once
  daemon.log->info("ready: socket=" + daemon.server->address() + " metrics=" + daemon.door->address() +
                   " model=" + word(model) + " rules=" + std::to_string(snapshot->rules->info().rules));
  (void)::sd_notify(0, "READY=1");
}

/// Returns when a signal asks to stop. Those that come later stay pending: a stop is told once, and not hurried.
void wait_for_stop(Daemon& daemon) {
  const sigset_t signals = awaited_signals();
  for (;;) {
    int received = 0;
    if (::sigwait(&signals, &received) != 0) continue;
    if (received != SIGUSR1) return;
    daemon.door->try_now();
    daemon.reloader.request();
  }
}

/// On the connections that it has, an MTA may go on to the next message. It is judged while there is time.
void finish_what_is_in_flight(Daemon& daemon) {
  const std::chrono::microseconds deadline = daemon.service.snapshot()->settings.milter.deadline;
  const Clock::time_point until = Clock::now() + deadline;
  daemon.server->close_door();
  while (daemon.service.transactions().wait_for_zero(until)) {
    const Clock::time_point quiet = daemon.service.transactions().last_leave() + kAnswerGrace;
    if (Clock::now() >= std::min(quiet, until)) break;
    std::this_thread::sleep_until(std::min(quiet, until));
  }
  daemon.service.close();
  (void)daemon.service.answering().wait_for_zero(Clock::now() + deadline + std::chrono::seconds(1));
  std::this_thread::sleep_until(daemon.service.answering().last_leave() + kAnswerGrace);
}

std::shared_ptr<const Snapshot> load_first(const LoadSnapshot& load) {
  Diagnostics problems;
  std::shared_ptr<const Snapshot> snapshot = load(nullptr, problems);
  const LogLevel level = snapshot == nullptr ? LogLevel::Error : LogLevel::Warning;
  std::string text = problems.to_string();
  if (snapshot == nullptr)
    text += "winnow-milter: not started: " + std::to_string(problems.error_count()) + " errors\n";
  std::fputs(for_stderr(level, text).c_str(), stderr);
  if (snapshot == nullptr) std::exit(1);
  return snapshot;
}

[[noreturn]] void leave(Daemon& daemon, int exit_code) {
  if (daemon.door != nullptr) daemon.door->close();
  daemon.log->close(kLogPatience);
  std::_Exit(exit_code);
}

void open_door(Daemon& daemon) {
  std::string error;
  daemon.server = LibmilterServer::listen(daemon.service.snapshot()->settings.milter, daemon.service, error);
  if (daemon.server != nullptr) return;
  daemon.log->error("cannot start: " + error);
  leave(daemon, 1);
}

void block_signals() {
  const sigset_t signals = awaited_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

/// The memory of large mail goes back to the kernel at once. By itself the C library keeps more and more of it, in pieces
/// spread over the heaps of all threads: 386 MiB instead of 228 after 100,000 messages on 100 connections.
void give_back_large_blocks() {
  ::mallopt(M_MMAP_THRESHOLD, 64 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 10);
}

}  // namespace

void serve(LoadSnapshot load) {
  block_signals();
  give_back_large_blocks();
  Daemon& daemon = *new Daemon(load_first(load), load);  // never deleted: libmilter's threads outlive this function
  open_door(daemon);
  open_metrics(daemon);
  start_milter(daemon, ::pthread_self());
  announce(daemon);
  wait_for_stop(daemon);
  daemon.ready = false;
  (void)::sd_notify(0, "STOPPING=1");
  daemon.log->info("stopping: transactions=" + std::to_string(daemon.service.transactions().count()));
  finish_what_is_in_flight(daemon);
  daemon.log->info(daemon.failed ? "stopped: libmilter could not go on, syslog has its reason" : "stopped");
  leave(daemon, daemon.failed ? 1 : 0);
}

void run_daemon(const std::filesystem::path& settings_file) {
  serve([settings_file](const Snapshot* current, Diagnostics& problems) {
    return load_snapshot(settings_file, current, problems);
  });
}

}  // namespace winnow
