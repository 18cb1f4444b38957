// stop_signal.h - Ctrl-C, SIGTERM and a closed terminal as a wish to end: long work stops at its next step and keeps what it
// has. Under nohup, where SIGHUP is ignored, it goes on without its terminal.
//
// Threads: ask_to_stop_on_signal() by the main thread; stop_was_asked() from any thread.
// Fails:   never. A second Ctrl-C or SIGTERM, more than a second later, ends the process as usual.
#pragma once

namespace winnow {

void ask_to_stop_on_signal();
bool stop_was_asked();

}  // namespace winnow
