// Reload by SIGUSR1: all or nothing, and never in the middle of a message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>
#include <vector>

#include "tests/support/poll_until.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

constexpr char kAllJunk[] = "version: 1\nrules:\n  - {id: everything, when: spam >= 0%, then: [junk]}\n";
constexpr char kBroken[] = "version: 1\nrules:\n  - {id: a, when: probabilty >= 0, then: [junk]}\n";

bool is_junked(MilterClient& client) {
  MilterAnswer answer;
  const Status sent = client.send(test_mail(), answer);
  EXPECT_TRUE(static_cast<bool>(sent)) << sent.error();
  for (const HeaderEdit& edit : answer.edits) {
    if (edit.name == "X-Spam-Flag") return true;
  }
  return false;
}

TEST(ServerReload, SwapsTheRules) {
  TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  EXPECT_FALSE(is_junked(*client));
  daemon.write_rules(kAllJunk);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has(" reloaded: ")) << daemon.log();
  EXPECT_TRUE(is_junked(*client)) << "also on a connection that was open before";
}

TEST(ServerReload, KeepsTheOldRulesOnAnErrorAndNamesItsPlace) {
  TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  daemon.write_rules(kBroken);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has("reload failed, the old configuration stays: 1 errors"));
  EXPECT_THAT(daemon.log(), testing::HasSubstr("rules.yaml:3:19: error: ")) << daemon.log();
  EXPECT_FALSE(is_junked(*client));
  daemon.write_rules(kAllJunk);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has(" reloaded: "));
  EXPECT_TRUE(is_junked(*client));
}

TEST(ServerReload, DoesNotTouchAMessageThatHasBegun) {
  TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  daemon.control().hold = true;
  bool junked = true;
  std::thread sender([&] { junked = is_junked(*client); });
  EXPECT_TRUE(poll_until([&] { return daemon.control().running > 0; }));
  daemon.write_rules(kAllJunk);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has(" reloaded: "));
  daemon.control().hold = false;
  sender.join();
  EXPECT_FALSE(junked);
}

// SIGUSR1 ended the daemon now and then: the engine's threads, made before the signals were blocked, took it.
TEST(ServerReload, SurvivesManyReloadsUnderLoad) {
  TestDaemon daemon;
  const std::string socket = daemon.socket();
  std::atomic<bool> done{false};
  std::atomic<int> answers{0}, failures{0};
  std::vector<std::thread> senders;
  for (int n = 0; n < 4; ++n) {
    senders.emplace_back([&] {
      std::string error;
      const auto client = MilterClient::connect(socket, {}, error);
      MilterAnswer answer;
      while (!done && client != nullptr && client->send(test_mail(), answer)) ++answers;
      if (!done) ++failures;
    });
  }
  for (int i = 0; i < 20; ++i) {
    const int before = answers;
    daemon.write_rules(i % 2 == 0 ? kAllJunk : kBroken);
    daemon.signal(SIGUSR1);
    EXPECT_TRUE(poll_until([&] { return answers > before; }));
  }
  done = true;
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(daemon.alive());
}

}  // namespace
}  // namespace winnow
