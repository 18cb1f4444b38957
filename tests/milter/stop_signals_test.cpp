// Which signals a daemon hears, and that libmilter's own thread, which waits for them too, hears of none.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include "milter/libmilter_sigwait.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

/// A connection whose message is past MAIL; null when it did not get there.
std::unique_ptr<MilterClient> client_within_a_message(const TestDaemon& daemon) {
  MilterClientOptions without_no_reply;  // so that the answer to MAIL says that it has arrived
  without_no_reply.offer.protocol = 0x100700;
  auto client = daemon.client(without_no_reply);
  MilterAnswer answer;
  Packet packet;
  if (client == nullptr || !client->send(test_mail(), answer)) return nullptr;
  client->wire().queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
  return client->wire().read(packet) ? std::move(client) : nullptr;
}

/// What the rest of the message is answered with; 0 when the connection ends instead.
char end_message(MilterClient& client) {
  client.wire().queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
  client.wire().queue(wire::kEndOfHeaders, "");
  client.wire().queue(wire::kEndOfMessage, "");
  Packet packet;
  while (client.wire().read(packet)) {
    if (packet.command == wire::kAccept) return packet.command;
  }
  return 0;
}

// libmilter took the second one, and dropped the messages that the daemon was waiting for.
TEST(StopSignals, LeaveAMessageItsAnswerWhenTheyComeTwice) {
  for (const int second : {SIGTERM, SIGHUP, SIGINT}) {
    TestDaemon daemon;
    const auto client = client_within_a_message(daemon);
    ASSERT_NE(client, nullptr) << daemon.log();
    daemon.signal(SIGTERM);
    EXPECT_TRUE(daemon.log_has("stopping: transactions=1")) << daemon.log();
    daemon.signal(second);
    EXPECT_EQ(end_message(*client), wire::kAccept) << "second signal: " << second;
    EXPECT_EQ(daemon.wait_for_exit(), 0) << daemon.log();
  }
}

// The same when the daemon had not yet come back from what the reload asked of it.
TEST(StopSignals, LeaveAMessageItsAnswerRightBehindAReload) {
  for (int i = 0; i < 10; ++i) {  // it went wrong two times of three
    TestDaemon daemon;
    const auto client = client_within_a_message(daemon);
    ASSERT_NE(client, nullptr) << daemon.log();
    daemon.signal(SIGUSR1);
    daemon.signal(SIGTERM);
    EXPECT_TRUE(daemon.log_has("stopping: transactions=1")) << daemon.log();
    EXPECT_EQ(end_message(*client), wire::kAccept);
    EXPECT_EQ(daemon.wait_for_exit(), 0) << daemon.log();
  }
}

TEST(StopSignals, ReachWhoWaitsForOtherSignalsThanLibmilter) {
  sigset_t signals, before;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGUSR2);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &signals, &before), 0);
  ASSERT_EQ(::pthread_kill(::pthread_self(), SIGTERM), 0);
  int received = 0;
  EXPECT_EQ(winnow_milter_sigwait(&signals, &received), 0);
  EXPECT_EQ(received, SIGTERM);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace winnow
