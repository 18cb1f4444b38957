// progress.h - one line on a terminal that says how far long work has come; nothing on a pipe.
//
// Owns:    nothing; writes to stderr, so that stdout stays clean.
// Threads: one thread.
// Blocks:  never longer than a write to the terminal, about ten times a second.
// Fails:   never; what the terminal refuses is lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace winnow {

struct ProgressState {
  std::string phase;  // "reading"
  std::size_t done = 0;
  std::size_t total = 0;  // 0: unknown
  std::string note;       // "loss 0.0123"; may be empty
};

class Progress {
 public:
  Progress();   // shows something only when stderr is a terminal
  ~Progress();  // clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const ProgressState& state);
  /// Clears the line, so that something else can be printed.
  void clear();

 private:
  const bool enabled_;
  bool shown_ = false;
  std::string phase_;
  std::chrono::steady_clock::time_point next_{};
};

/// "training [=====     ]  50 %  1200/2400  loss 0.0123"
std::string format_progress(const ProgressState& state);

}  // namespace winnow
