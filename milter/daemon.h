// daemon.h - the running daemon: socket, reload, metrics, stop; and how `winnow-milter` starts it.
//
// Owns:    everything of the process.
// Threads: called on the process's main thread, before there are others: it blocks the signals that it waits for.
// Blocks:  until SIGTERM, SIGINT or SIGHUP; more of them change nothing. SIGUSR1 reloads.
// Fails:   start-up problems are printed all at once; exit codes 0 stopped as told, 1 could not start or go on.
//
// Both end the process themselves: libmilter's threads cannot be joined, so nothing they use may ever be destroyed.
// Stop: the socket file goes first; messages that have begun may end for up to milter.deadline; then those at end of
// message get their answers.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "config/diagnostics.h"
#include "milter/snapshot.h"

namespace winnow {

/// A new snapshot (`current` is null at start-up), or null with the reasons in the Diagnostics.
using LoadSnapshot = std::function<std::shared_ptr<const Snapshot>(const Snapshot* current, Diagnostics& problems)>;

/// Blocks the signals first and loads then: a thread that the engine starts must not be one that a signal can end.
[[noreturn]] void serve(LoadSnapshot load);

/// serve() with what the settings file says.
[[noreturn]] void run_daemon(const std::filesystem::path& settings_file);

}  // namespace winnow
