// bench against a real daemon with a fake engine.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_tool.h"
#include "tests/support/poll_until.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

const std::string kGtube = std::string(WINNOW_TEST_DATA) + "/mail/gtube.eml";

ToolRun bench(const TestDaemon& daemon, std::vector<std::string> more) {
  std::vector<std::string> arguments{"bench", "--socket", daemon.socket(), "--warm-up", "0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments);
}

TEST(CliBench, MeasuresDelaysProcessorTimeMemoryAndCostOfTheDaemon) {
  const TestDaemon daemon;
  const ToolRun run = bench(daemon, {"--messages", "60", "--connections", "4", "--sizes", "small", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["answered"], 60);
  EXPECT_EQ(json["failed"], 0);
  EXPECT_EQ(json["connections"], 4);
  EXPECT_GT(json["messages_per_second"].get<double>(), 0);
  for (const char* delays : {"whole_ms", "end_of_message_ms"}) {
    EXPECT_GT(json[delays]["p50"].get<double>(), 0);
    EXPECT_GE(json[delays]["max"].get<double>(), json[delays]["p99.9"].get<double>());
  }
  EXPECT_GE(json["whole_ms"]["max"].get<double>(), json["end_of_message_ms"]["max"].get<double>());
  EXPECT_GT(json["process"]["cpu_ms_per_message"].get<double>(), 0);
  EXPECT_GT(json["process"]["memory_bytes_peak"].get<double>(), 1e6);
  EXPECT_GT(json["cost"]["per_1000000"]["joules"].get<double>(), 0);
}

TEST(CliBench, SendsEachFileOnceAndCountsVerdicts) {
  const TestDaemon daemon;
  const ToolRun run = bench(daemon, {kGtube, kGtube, std::string(WINNOW_TEST_DATA) + "/mail/gtube.eml", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["answered"], 3);
  EXPECT_EQ(json["verdicts"]["junk"], 3);
}

TEST(CliBench, PrintsTablesForPeople) {
  const TestDaemon daemon;
  const ToolRun run = bench(daemon, {"--messages", "20", "--rate", "500", "--sizes", "2KiB"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  for (const char* part : {"20 answered in ", "500 messages a second in all", "from its time on",
                           "end of message to answer", "1,000,000 ", "at the start"}) {
    EXPECT_NE(run.out.find(part), std::string::npos) << part << "\n" << run.out;
  }
}

/// More connections than may be in flight: each message is answered, by a verdict or by on_overload.
TEST(CliBench, LosesNoMessageOfABurst) {
  const TestDaemon daemon([](Settings& settings) {
    settings.milter.max_in_flight = 2;
    settings.milter.on_overload = OnError::TempFail;
  });
  const ToolRun run =
      bench(daemon, {"--burst", "--connections", "40", "--messages", "40", "--sizes", "small", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["answered"], 40);
  EXPECT_EQ(json["pace"], "burst");
  std::size_t sum = 0;
  for (const auto& [name, count] : json["verdicts"].items()) sum += count.get<std::size_t>();
  for (const auto& [name, count] : json["without_a_verdict"].items()) {
    EXPECT_EQ(name, "unscanned, tempfail");
    sum += count.get<std::size_t>();
  }
  EXPECT_EQ(sum, 40u);
}

TEST(CliBench, NamesTheCauseOfMailThatIsAcceptedUnscanned) {
  TestDaemon daemon;
  daemon.control().answer = FakeAnswer::Fail;
  const ToolRun run = bench(daemon, {"--messages", "5", "--sizes", "small", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err << daemon.log();
  EXPECT_EQ(nlohmann::json::parse(run.out)["without_a_verdict"]["model, accept"], 5) << run.out;
}

TEST(CliBench, ShowsWhatWasMeasuredWhenItIsInterrupted) {
  const TestDaemon daemon;
  const ToolRun run = interrupt_tool({"bench", "--socket", daemon.socket(), "--warm-up", "0", "--sizes", "small",
                                      "--rate", "10", "--duration", "24h", "--json"},
                                     SIGINT);
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["failed"], 0);
}

TEST(CliBench, WithoutADaemonNamesTheSocket) {
  const ToolRun run = run_tool({"bench", "--socket", "unix:/nowhere/winnow.sock"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/winnow.sock"), std::string::npos) << run.err;
}

TEST(CliBench, RefusesRunsWithoutAnEndAndOptionsThatExcludeEachOther) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--messages", "10000001"}, {"--duration", "25h"}, {"--duration", "0s"},       {"--duration", "soon"},
      {"--connections", "0"},     {"--rate", "-1"},      {"--burst", "--rate", "5"}, {"--engine", "--pid", "1"},
      {"--sizes", "huge"},        {"--model", "m.pt"}};
  for (std::vector<std::string> arguments : wrong) {
    arguments.insert(arguments.begin(), "bench");
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments[1] << run.out << run.err;
  }
}

}  // namespace
}  // namespace winnow
