#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/terminal.h"

namespace winnow {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::chrono::milliseconds kInterval{100};

}  // namespace

Progress::Progress() : enabled_(isatty(STDERR_FILENO) == 1) {}
Progress::~Progress() { clear(); }

void Progress::show(const ProgressState& state) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && state.phase == phase_ && state.done != state.total) return;
  next_ = now + kInterval;
  phase_ = state.phase;
  shown_ = true;
  std::fprintf(stderr, "\r\033[K%s", format_progress(state).c_str());
  std::fflush(stderr);
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

std::string format_progress(const ProgressState& state) {
  std::string line = escape_for_terminal(state.phase, LineBreaks::Escape);
  if (state.total > 0) {
    const std::size_t done = std::min(state.done, state.total);
    const std::size_t filled = kBarWidth * done / state.total;
    line += " [" + std::string(filled, '=') + std::string(kBarWidth - filled, ' ') + "] ";
    line +=
        std::to_string(100 * done / state.total) + " %  " + std::to_string(done) + "/" + std::to_string(state.total);
  } else {
    line += " " + std::to_string(state.done);
  }
  if (!state.note.empty()) line += "  " + escape_for_terminal(state.note, LineBreaks::Escape);
  return line;
}

}  // namespace winnow
