// libmilter_sigwait.h - keeps libmilter's own signal thread from the signals that stop the daemon.
//
// That thread stops libmilter at once: messages in progress get no answer any more. It waits for TERM, HUP and INT beside the
// daemon's main thread, and the kernel gives a signal to whoever waits: to libmilter, when the main thread is busy with the
// signal before. So it is linked to wait here, and the daemon alone hears of signals (CMakeLists.txt, docs/adr/0006).
//
// Threads: any.
// Blocks:  for good where the set is libmilter's; else as sigwait().
// Fails:   as sigwait().
// Source:  libmilter 8.17 and 8.18 (signal.c).
#pragma once

#include <csignal>

extern "C" int winnow_milter_sigwait(const sigset_t* signals, int* received) noexcept;
