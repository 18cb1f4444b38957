// daemon.h - the running daemon: socket, reload, metrics, stop; and how `winnow-milter` starts it.
//
// Owns:    everything of the process.
// Threads: called on the process's main thread, before there are others: it blocks the signals that it waits for.
// Blocks:  until SIGTERM or SIGINT. SIGUSR1 reloads.
// Fails:   start-up problems are printed all at once; exit codes 0 stopped as told, 1 could not start or go on.
//
// serve() ends the process itself: libmilter's threads cannot be joined, so nothing they use may ever be destroyed.
// Stop: the socket file goes first; messages that have begun may end for up to milter.deadline; then those at end of
// message get their answers.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "config/diagnostics.h"
#include "milter/log.h"
#include "milter/snapshot.h"

namespace winnow {

struct ServeOptions {
  std::shared_ptr<const Snapshot> snapshot;
  /// A new snapshot, or null with the reasons in the Diagnostics.
  std::function<std::shared_ptr<const Snapshot>(const Snapshot& current, Diagnostics& problems)> reload;
  std::unique_ptr<Log> log;
};

[[noreturn]] void serve(ServeOptions options);

/// Loads everything from the settings file, then serves. Returns (1) only when it could not load.
int run_daemon(const std::filesystem::path& settings_file);

}  // namespace winnow
