#include "cli/stop_signal.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace winnow {
namespace {

TEST(CliStopSignal, OfAClosedTerminalIsIgnoredUnderNohup) {
  signal(SIGHUP, SIG_IGN);
  const bool before = stop_was_asked();
  ask_to_stop_on_signal();
  raise(SIGHUP);
  EXPECT_EQ(stop_was_asked(), before);
  signal(SIGHUP, SIG_DFL);
}

// A closed ssh session killed a training without a checkpoint.
TEST(CliStopSignal, OfAClosedTerminalIsAWishToStop) {
  signal(SIGHUP, SIG_DFL);  // under nohup it would be ignored
  ask_to_stop_on_signal();
  for (int told = 0; told < 2; ++told) raise(SIGHUP);  // by the shell and by the kernel
  EXPECT_TRUE(stop_was_asked());
}

// timeout(1) sends two, and what was learnt was gone.
TEST(CliStopSignal, ThatComesTwiceAtOnceIsOneWish) {
  ask_to_stop_on_signal();
  for (const int number : {SIGTERM, SIGTERM, SIGINT, SIGINT}) raise(number);
  EXPECT_TRUE(stop_was_asked());
}

}  // namespace
}  // namespace winnow
