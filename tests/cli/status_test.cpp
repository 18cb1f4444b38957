// status against a real daemon with a fake engine.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_tool.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

void with_metrics(Settings& settings) { settings.metrics.listen = "127.0.0.1:0"; }

TEST(CliStatus, TellsWhatTheDaemonHasDone) {
  const TestDaemon daemon(with_metrics);
  auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterAnswer answer;
  ASSERT_TRUE(client->send(test_mail(), answer));
  ASSERT_TRUE(client->send(test_mail("Win now!!!!"), answer));
  const ToolRun run = run_tool({"status", "--listen", daemon.metrics(), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["ready"], true);
  EXPECT_EQ(json["judged"]["accept"], 1.0) << run.out;
  EXPECT_EQ(json["judged"]["junk"], 1.0);
  EXPECT_EQ(json["model"]["name"], "fake-1");
  EXPECT_GT(json["cpu_ms_per_message"].get<double>(), 0);
  EXPECT_GT(json["memory_bytes"].get<double>(), 1e6);
  EXPECT_GT(json["cost"]["per_1000"]["joules"].get<double>(), 0);
  EXPECT_EQ(json["cost"]["currency"], "EUR");
}

TEST(CliStatus, FindsTheDaemonByItsSettings) {
  const ScratchFolder folder;
  const std::string socket = "unix:" + (folder.path() / "http").string();
  const TestDaemon daemon([&](Settings& settings) { settings.metrics.listen = socket; });
  const auto config = folder.write("winnow.yaml", "metrics: { listen: '" + socket + "' }\n");
  const ToolRun run = run_tool({"status", "--config", config.string()});
  EXPECT_EQ(run.exit_code, 0) << run.err << daemon.log();
  EXPECT_EQ(run.out.rfind("daemon             ready at unix:", 0), 0u) << run.out;
}

TEST(CliStatus, SaysWhyTheDaemonIsNotReady) {
  const TestDaemon daemon(with_metrics);
  const std::string socket = daemon.socket().substr(5);
  std::filesystem::rename(socket, socket + ".old");
  const ToolRun run = run_tool({"status", "--listen", daemon.metrics()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("\nnot ready          milter.socket unix:" + socket + " is gone"), std::string::npos)
      << run.out;
  std::filesystem::rename(socket + ".old", socket);
}

TEST(CliStatus, RefusesToAskAtWhatIsNoAddress) {
  for (const char* listen : {"foo", "127.0.0.1", "127.0.0.1:99999", "127.0.0.300:9111", "unix:"}) {
    const ToolRun run = run_tool({"status", "--listen", listen});
    EXPECT_EQ(run.exit_code, 2) << listen;
    EXPECT_NE(run.err.find("--listen must be ADDRESS:PORT or unix:PATH, got '" + std::string(listen)),
              std::string::npos)
        << run.err;
  }
}

TEST(CliStatus, AsksAtAHostName) {
  const TestDaemon daemon(with_metrics);
  const std::string listen = "localhost" + daemon.metrics().substr(daemon.metrics().rfind(':'));
  EXPECT_EQ(run_tool({"status", "--listen", listen}).exit_code, 0) << daemon.log();
}

TEST(CliStatus, WhenNobodyAnswersNamesTheAddressAndTheSetting) {
  const ToolRun run = run_tool({"status", "--listen", "unix:/nowhere/http"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("nobody answers at unix:/nowhere/http: No such file"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("metrics.listen"), std::string::npos) << run.err;
  const auto json = nlohmann::json::parse(run_tool({"status", "--listen", "unix:/nowhere/http", "--json"}).out);
  EXPECT_EQ(json["up"], false);
}

TEST(CliStatus, WhenMetricsAreOffSaysWhichLineTurnsThemOn) {
  const ScratchFolder folder;
  const auto config = folder.write("winnow.yaml", "metrics: { listen: '' }\n");
  const ToolRun run = run_tool({"status", "--config", config.string()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("metrics: { listen: 127.0.0.1:9111 }"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace winnow
