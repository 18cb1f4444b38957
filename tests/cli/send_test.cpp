// send against a real daemon with a fake engine.
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/cli/run_tool.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

const std::string kGtube = std::string(WINNOW_TEST_DATA) + "/mail/gtube.eml";

TEST(CliSend, ShowsWhatTheDaemonAnswered) {
  const TestDaemon daemon;
  const ToolRun run = run_tool({"send", "--socket", daemon.socket(), "--json", kGtube});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["answer"], "accept");
  EXPECT_EQ(json["verdict"], "junk");
  bool flagged = false;
  for (const auto& edit : json["headers"]) {
    flagged = flagged || (edit["edit"] == "add" && edit["name"] == "X-Spam-Flag" && edit["value"] == "YES");
  }
  EXPECT_TRUE(flagged) << run.out;
}

TEST(CliSend, PrintsATableWithARowPerMessage) {
  const TestDaemon daemon;
  const ToolRun run = run_tool({"send", "--socket", daemon.socket(), kGtube, "-"}, "Subject: hello\n\nHello!\n");
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  EXPECT_EQ(run.out.rfind("mail", 0), 0u) << run.out;
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 3) << run.out;
}

TEST(CliSend, WithAnAuthenticatedUserMailIsAccepted) {
  const TestDaemon daemon;
  const ToolRun run = run_tool({"send", "--socket", daemon.socket(), "--auth-user", "alice", "--json", "-"},
                               "Subject: hello\n\nHello!\n");
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  EXPECT_EQ(nlohmann::json::parse(run.out)["answer"], "accept");
  EXPECT_EQ(nlohmann::json::parse(run.out)["headers"].size(), 0u) << run.out;
}

/// "%" is doubled on the way to the MTA.
TEST(CliSend, ShowsARefusalAsTheSenderSeesIt) {
  const TestDaemon daemon({}, "rules:\n  - id: no\n    when: true\n    then: [reject: {code: 550, text: '100% no'}]\n");
  const ToolRun run = run_tool({"send", "--socket", daemon.socket(), kGtube});
  EXPECT_NE(run.out.find(" 550 5.7.1 100% no\n"), std::string::npos) << run.out << daemon.log();
}

/// It asked at the default socket, while `winnow bench` asked where the settings say.
TEST(CliSend, FindsTheDaemonByItsSettings) {
  const ScratchFolder folder;
  const TestDaemon daemon;
  const auto config = folder.write("winnow.yaml", "milter: { socket: '" + daemon.socket() + "' }\n");
  const ToolRun run = run_tool({"send", "--config", config.string(), "--json", kGtube});
  EXPECT_EQ(run.exit_code, 0) << run.err << daemon.log();
  EXPECT_NE(run.out.find("\"verdict\":\"junk\""), std::string::npos) << run.out;
}

TEST(CliSend, SendsNothingWhenTheSettingsCannotBeRead) {
  const ScratchFolder folder;
  const auto config = folder.write("winnow.yaml", "milter: { sockt: x }\n");
  const ToolRun run = run_tool({"send", "--config", config.string(), kGtube});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("winnow.yaml:1:11: error: "), std::string::npos) << run.err;
}

/// The daemon's libmilter hung up on it, and that was all that one heard.
TEST(CliSend, RefusesAClientIpThatIsNoAddress) {
  for (const char* address : {"300.1.1.1", "client.example.com", "[::1]"}) {
    const ToolRun run = run_tool({"send", "--client-ip", address, "--socket", "unix:/nowhere/winnow.sock", kGtube});
    EXPECT_EQ(run.exit_code, 2) << address;
    EXPECT_NE(run.err.find(std::string("--client-ip must be an IP address, got '") + address), std::string::npos)
        << run.err;
  }
}

TEST(CliSend, WithoutADaemonNamesTheSocket) {
  const ToolRun run = run_tool({"send", "--socket", "unix:/nowhere/winnow.sock", kGtube});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/winnow.sock"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace winnow
