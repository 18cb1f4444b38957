#include "cli/stop_signal.h"

#include <signal.h>
#include <time.h>

#include <atomic>
#include <cstdint>

namespace winnow {
namespace {

// timeout(1) tells the process and then its group, a terminal's closing comes from the shell and from the kernel: a signal so
// soon after the first is no second wish.
constexpr std::int64_t kOneWish = 1'000'000'000;

std::atomic<std::int64_t> first_asked{0};  // nanoseconds; 0 = not yet
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler may touch nothing else");

std::int64_t nanoseconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void take_wish(int number) {
  const std::int64_t now = nanoseconds_now();
  std::int64_t first = 0;
  if (first_asked.compare_exchange_strong(first, now) || now - first < kOneWish) return;
  signal(number, SIG_DFL);
  raise(number);  // comes when this handler has returned
}

void take_hangup(int) {
  std::int64_t none = 0;
  first_asked.compare_exchange_strong(none, nanoseconds_now());
}

}  // namespace

void ask_to_stop_on_signal() {
  struct sigaction action {};
  action.sa_handler = take_wish;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = take_hangup;
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

bool stop_was_asked() { return first_asked != 0; }

}  // namespace winnow
