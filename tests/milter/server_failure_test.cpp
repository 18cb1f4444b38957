// What the daemon does when something goes wrong: deadline, model, overload, a second daemon, stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "milter/http_client.h"
#include "tests/support/poll_until.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

using testing::HasSubstr;

MilterAnswer send(MilterClient& client, const MilterMail& mail) {
  MilterAnswer answer;
  const Status sent = client.send(mail, answer);
  EXPECT_TRUE(static_cast<bool>(sent)) << sent.error();
  return answer;
}

std::string winnow_header(const MilterAnswer& answer) {
  for (const HeaderEdit& edit : answer.edits) {
    if (edit.name == "X-Winnow") return edit.value;
  }
  return "";
}

TEST(ServerFailure, AcceptsUnscannedAtTheDeadlineAndSaysSo) {
  TestDaemon daemon([](Settings& s) { s.milter.deadline = std::chrono::milliseconds(1500); });
  daemon.control().hold = true;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterAnswer answer = send(*client, test_mail());
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_EQ(winnow_header(answer), " verdict=unscanned; cause=deadline; action=accept");
  EXPECT_GE(answer.progress, 1u) << "the MTA is told each second that work goes on";
  EXPECT_TRUE(daemon.log_has("4bK2xQ0cTz: fallback cause=deadline action=accept")) << daemon.log();
}

TEST(ServerFailure, AnswersTemporaryFailureWhenTheModelFailsAndTheSiteWantsThat) {
  TestDaemon daemon([](Settings& s) { s.milter.on_error = OnError::TempFail; });
  daemon.control().answer = FakeAnswer::Fail;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterAnswer answer = send(*client, test_mail());
  EXPECT_EQ(answer.verdict, MilterVerdict::TempFail);
  EXPECT_EQ(answer.reply, "451 4.7.1 Message could not be scanned, try again later");
  daemon.control().answer = FakeAnswer::Score;
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

TEST(ServerFailure, DropsTheMessageOfAnMtaThatHasGone) {
  TestDaemon daemon([](Settings& s) { s.milter.deadline = std::chrono::seconds(60); });
  daemon.control().hold = true;
  MilterAnswer none;
  {
    const auto client = daemon.client({.timeout = std::chrono::milliseconds(200), .offer = {}});
    ASSERT_NE(client, nullptr);
    EXPECT_FALSE(client->send(test_mail(), none));
  }
  EXPECT_TRUE(daemon.log_has("fallback cause=gone")) << daemon.log();
  daemon.control().hold = false;
}

TEST(ServerFailure, AnswersOverloadAtOnce) {
  TestDaemon daemon([](Settings& s) { s.milter.max_in_flight = 1; });
  daemon.control().hold = true;
  const auto first = daemon.client(), second = daemon.client();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  std::thread waiting([&] { (void)send(*first, test_mail()); });
  EXPECT_TRUE(poll_until([&] { return daemon.control().running > 0; }));
  EXPECT_EQ(send(*second, test_mail()).verdict, MilterVerdict::TempFail);
  EXPECT_TRUE(daemon.log_has("fallback cause=busy action=tempfail"));
  daemon.control().hold = false;
  waiting.join();
}

TEST(ServerFailure, FinishesWhatIsInFlightWhenItIsStopped) {
  TestDaemon daemon([](Settings& s) {
    s.engine.replicas = 8;
    s.engine.max_batch_size = 1;
  });
  daemon.control().hold = true;
  std::vector<std::unique_ptr<MilterClient>> clients;
  std::atomic<int> answered{0};
  std::vector<std::thread> senders;
  for (unsigned n = 1; n <= 8; ++n) {
    clients.push_back(daemon.client());
    ASSERT_NE(clients.back(), nullptr);
    senders.emplace_back([&answered, client = clients.back().get()] {
      if (!winnow_header(send(*client, test_mail())).empty()) ++answered;
    });
    // One after the other: libmilter may give two commands that come at once to one idle worker, and the second waits.
    EXPECT_TRUE(poll_until([&] { return daemon.control().running == n; }));
  }
  daemon.signal(SIGTERM);
  EXPECT_TRUE(daemon.log_has(" stopping: "));
  // It says so before it closes its door.
  EXPECT_TRUE(poll_until([&] { return !std::filesystem::exists(daemon.folder().path() / "sock"); }))
      << "no MTA connects then";
  daemon.control().hold = false;
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(answered, 8);
  clients.clear();
  EXPECT_EQ(daemon.wait_for_exit(), 0) << daemon.log();
}

TEST(ServerFailure, LetsAMessageThatHasBegunComeToItsEndWhenItIsStopped) {
  TestDaemon daemon;
  MilterClientOptions without_no_reply;  // so that the answer to MAIL says that it has arrived
  without_no_reply.offer.protocol = 0x100700;
  const auto client = daemon.client(without_no_reply);
  ASSERT_NE(client, nullptr);
  (void)send(*client, test_mail());
  Packet packet;
  client->wire().queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
  ASSERT_TRUE(static_cast<bool>(client->wire().read(packet)));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(daemon.log_has(" stopping: "));
  EXPECT_TRUE(daemon.log_has("stopping: transactions=1")) << daemon.log();
  client->wire().queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
  client->wire().queue(wire::kEndOfHeaders, "");
  client->wire().queue(wire::kEndOfMessage, "");
  while (client->wire().read(packet) && packet.command != wire::kAccept) {
  }
  EXPECT_EQ(packet.command, wire::kAccept);
  EXPECT_EQ(daemon.wait_for_exit(), 0);
}

TEST(ServerFailure, StopsSoonWhenIdleConnectionsAreOpen) {
  TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  (void)send(*client, test_mail());
  const auto start = std::chrono::steady_clock::now();
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ServerFailure, RefusesToStartBesideAnotherDaemon) {
  const TestDaemon daemon;
  const std::string socket = daemon.socket();
  TestDaemon second([&](Settings& s) { s.milter.socket = socket; });
  EXPECT_EQ(second.wait_for_exit(), 1);
  EXPECT_TRUE(second.log_has("another process listens on")) << second.log();
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

// It said that it was ready, and took the other one's socket away when it was stopped.
TEST(ServerFailure, LeavesTheSocketThatAnotherDaemonHasInItsPlace) {
  TestDaemon daemon([](Settings& s) { s.metrics.listen = "127.0.0.1:0"; });
  const std::filesystem::path socket = daemon.socket().substr(5);
  const auto status = [&] {
    std::string error;
    const auto answer = http_get(daemon.metrics(), "/readyz", std::chrono::seconds(20), error);
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status(), 200u);
  std::filesystem::rename(socket, socket.string() + ".old");
  EXPECT_EQ(status(), 503u) << "no MTA comes in";
  const TestDaemon other([&](Settings& s) { s.milter.socket = daemon.socket(); });
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(), 0);
  EXPECT_TRUE(std::filesystem::exists(socket));
  const auto client = other.client();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

/// Nobody but the status code of /readyz told that no mail came in.
TEST(ServerFailure, SaysOnceThatItsSocketIsGone) {
  const TestDaemon daemon([](Settings& s) { s.metrics.listen = "127.0.0.1:0"; });
  const std::filesystem::path socket = daemon.socket().substr(5);
  const auto readiness = [&] {
    std::string error;
    const auto answer = http_get(daemon.metrics(), "/readyz", std::chrono::seconds(20), error);
    return answer ? answer->body : error;
  };
  EXPECT_EQ(readiness(), "ready\n");
  std::filesystem::rename(socket, socket.string() + ".old");
  const std::string fault = "milter.socket unix:" + socket.string() +
                            " is gone, or another process has its place: no MTA gets here; restart winnow-milter\n";
  for (int times = 0; times < 2; ++times) EXPECT_EQ(readiness(), "not ready: " + fault);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has("not mended by a reload: " + fault)) << daemon.log();
  const std::string log = daemon.log();
  std::size_t times_told = 0;
  for (std::size_t at = log.find(fault); at != log.npos; at = log.find(fault, at + 1)) ++times_told;
  EXPECT_EQ(times_told, 2u) << "once by /readyz, once by the reload\n" << log;
  std::filesystem::rename(socket.string() + ".old", socket);
  EXPECT_EQ(readiness(), "ready\n");
}

TEST(ServerFailure, RefusesToStartForAGroupThatIsNotThereAndLeavesNoSocket) {
  TestDaemon daemon([](Settings& s) { s.milter.socket_group = "no-such-group"; });
  EXPECT_EQ(daemon.wait_for_exit(), 1);
  EXPECT_TRUE(daemon.log_has("there is no group 'no-such-group'")) << daemon.log();
  EXPECT_FALSE(std::filesystem::exists(daemon.folder().path() / "sock"));
}

TEST(ServerFailure, TakesOverTheSocketOfADaemonThatDied) {
  TestDaemon dead;
  const std::string socket = dead.socket();
  dead.signal(SIGKILL);
  EXPECT_EQ(dead.wait_for_exit(), 1000 + SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(socket.substr(5)));
  const TestDaemon daemon([&](Settings& s) { s.milter.socket = socket; });
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

TEST(ServerFailure, GivesTheSocketItsMode) {
  const TestDaemon daemon([](Settings& s) { s.milter.socket_mode = 0666; });
  struct stat found {};
  ASSERT_EQ(::stat((daemon.folder().path() / "sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0666u);
}

TEST(ServerFailure, RefusesToStartWhenItCannotListen) {
  TestDaemon daemon([](Settings& s) { s.milter.socket = "unix:/no/such/folder/sock"; });
  EXPECT_EQ(daemon.wait_for_exit(), 1);
  EXPECT_TRUE(daemon.log_has("cannot listen on unix:/no/such/folder/sock: No such file or directory")) << daemon.log();
}

TEST(ServerFailure, RefusesToStartOnAnErrorInTheRules) {
  TestDaemon daemon({}, "version: 1\nrules:\n  - {id: a, when: probabilty >= 0, then: [junk]}\n");
  EXPECT_EQ(daemon.wait_for_exit(), 1);
  EXPECT_THAT(daemon.log(), HasSubstr("rules.yaml:3:19: error: "));
  EXPECT_THAT(daemon.log(), HasSubstr("not started: 1 errors"));
}

TEST(ServerFailure, RunsWithoutMetricsWhenTheirPortIsTaken) {
  const TestDaemon daemon([](Settings& s) { s.metrics.listen = "nonsense"; });
  EXPECT_TRUE(daemon.log_has("metrics are off")) << daemon.log();
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

// A short overlap of two daemons left one without metrics for good.
TEST(ServerFailure, TriesItsMetricsAgainWhenItReloads) {
  const ScratchFolder folder;
  const std::string listen = "unix:" + (folder.path() / "later/http").string();
  const TestDaemon daemon([&](Settings& s) { s.metrics.listen = listen; });
  EXPECT_TRUE(daemon.log_has("metrics are off")) << daemon.log();
  std::filesystem::create_directory(folder.path() / "later");
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.log_has("metrics are on: " + listen)) << daemon.log();
  std::string error;
  const auto answer = http_get(listen, "/readyz", std::chrono::seconds(20), error);
  ASSERT_TRUE(answer) << error;
  EXPECT_EQ(answer->status, 200u);
}

// The file stayed, and said that somebody might answer there.
TEST(ServerFailure, LeavesNoSocketOfItsMetricsBehind) {
  const ScratchFolder folder;
  const std::filesystem::path socket = folder.path() / "http";
  TestDaemon daemon([&](Settings& s) { s.metrics.listen = "unix:" + socket.string(); });
  EXPECT_TRUE(std::filesystem::exists(socket)) << daemon.log();
  ASSERT_NE(daemon.client(), nullptr);
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(), 0);
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST(ServerFailure, IsNotReadyAnyMoreWhileItStops) {
  TestDaemon daemon([](Settings& s) { s.metrics.listen = "127.0.0.1:0"; });
  daemon.control().hold = true;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  std::thread sender([&] { (void)send(*client, test_mail()); });
  EXPECT_TRUE(poll_until([&] { return daemon.control().running > 0; }));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(daemon.log_has(" stopping: "));
  std::string error;
  const auto answer = http_get(daemon.metrics(), "/readyz", std::chrono::seconds(10), error);
  daemon.control().hold = false;
  sender.join();
  ASSERT_TRUE(answer) << error;
  EXPECT_EQ(answer->status, 503u);
}

TEST(ServerFailure, WaitsForNoTransactionThatWasAborted) {
  TestDaemon daemon;
  MilterClientOptions without_no_reply;  // so that the answer to HELO says that the abort has arrived
  without_no_reply.offer.protocol = 0x100700;
  const auto client = daemon.client(without_no_reply);
  ASSERT_NE(client, nullptr);
  (void)send(*client, test_mail());
  client->wire().queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
  Packet packet;
  ASSERT_TRUE(static_cast<bool>(client->wire().read(packet)));
  ASSERT_TRUE(static_cast<bool>(client->abort()));
  client->wire().queue(wire::kHelo, std::string_view("x\0", 2));
  ASSERT_TRUE(static_cast<bool>(client->wire().read(packet)));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(), 0);
  EXPECT_TRUE(daemon.log_has("stopping: transactions=0")) << daemon.log();
}

}  // namespace
}  // namespace winnow
