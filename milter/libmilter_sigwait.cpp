#include "milter/libmilter_sigwait.h"

#include <unistd.h>

#include <cerrno>

namespace {

/// TERM, HUP and INT and no other: nobody else in the process waits for just these.
bool is_libmilters(const sigset_t* signals) {
  for (int one = 1; one <= SIGRTMAX; ++one) {
    const bool is_expected = one == SIGTERM || one == SIGHUP || one == SIGINT;
    if ((::sigismember(signals, one) == 1) != is_expected) return false;
  }
  return true;
}

}  // namespace

int winnow_milter_sigwait(const sigset_t* signals, int* received) noexcept {
  while (is_libmilters(signals)) ::pause();
  int got = -1;
  do {
    got = ::sigwaitinfo(signals, nullptr);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return errno;
  *received = got;
  return 0;
}

#ifdef WINNOW_SHARED_LIBMILTER
// The program's own goes before the C library's, and that is how the shared library is reached.
extern "C" int sigwait(const sigset_t* signals, int* received) { return winnow_milter_sigwait(signals, received); }
#endif
