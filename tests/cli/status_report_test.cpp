// The daemon's metrics as text in, what a person reads out.
#include "cli/status_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace winnow {
namespace {

using ::testing::HasSubstr;

const char* const kMetrics = R"(# HELP winnow_messages_total Messages judged
# TYPE winnow_messages_total counter
winnow_messages_total{verdict="accept"} 896
winnow_messages_total{verdict="junk"} 90
winnow_messages_total{verdict="flag"} 0
winnow_fallback_total{action="tempfail",cause="busy"} 7
winnow_fallback_total{action="accept",cause="deadline"} 3
winnow_stand_in_total{cause="remote"} 2
winnow_pool_answered_total{server="gpu1:8000"} 12
winnow_pool_answered_total{server="gpu2:8000"} 1
winnow_pool_failed_total{server="gpu1:8000"} 0
winnow_pool_failed_total{server="gpu2:8000"} 3
winnow_pool_left_alone{server="gpu1:8000"} 0
winnow_pool_left_alone{server="gpu2:8000"} 1
winnow_reload_total{result="ok"} 1
winnow_reload_total{result="failed"} 0
winnow_skipped_total 4
winnow_in_flight 5
winnow_model_info{name="old",sha256="aa"} 0
winnow_model_info{name="a \"new\" one",sha256="bb"} 1
winnow_judge_seconds_bucket{le="0.001"} 500
winnow_judge_seconds_bucket{le="0.002"} 900
winnow_judge_seconds_bucket{le="0.004"} 980
winnow_judge_seconds_bucket{le="+Inf"} 1000
winnow_batch_messages_sum 2970
winnow_batch_messages_count 990
winnow_inference_cpu_seconds_total 0.25
winnow_cpu_seconds_total 1
process_cpu_seconds_total 3
process_resident_memory_bytes 209715200
process_start_time_seconds 1000
winnow_energy_joules_total{source="rapl"} 0
winnow_energy_joules_total{source="nvml"} 0
winnow_energy_joules_total{source="estimate"} 10
winnow_energy_price_per_kwh{currency="SEK"} 3.6
winnow_energy_gco2e_per_kwh 360
)";

TEST(MetricsText, ReadsNamesLabelsAndValues) {
  const MetricsText text(
      "# a comment\nplain 1.5\nnone\nlabelled{a=\"x\\\\y\\\"z\\n\",b=\"\"} 2e3 1700000000\nbad{a=\"1\"} x\n");
  ASSERT_EQ(text.samples().size(), 2u);
  EXPECT_EQ(text.sum("plain"), 1.5);
  EXPECT_EQ(text.samples()[1].labels.at("a"), "x\\y\"z\n");
  EXPECT_EQ(text.samples()[1].labels.at("b"), "");
  EXPECT_EQ(text.sum("labelled"), 2000);
  EXPECT_FALSE(text.has("none"));
}

TEST(MetricsText, SurvivesTextThatIsCutOff) {
  const std::string whole = kMetrics;
  const std::size_t in_all = MetricsText(whole).samples().size();
  for (std::size_t end = 0; end < whole.size(); ++end)
    EXPECT_LE(MetricsText(whole.substr(0, end)).samples().size(), in_all) << end;
}

TEST(MetricsText, EstimatesQuantilesBetweenTheBoundsOfBuckets) {
  const MetricsText text(kMetrics);
  EXPECT_NEAR(text.quantile("winnow_judge_seconds", 0.5).value_or(0), 0.001, 1e-9);
  EXPECT_NEAR(text.quantile("winnow_judge_seconds", 0.7).value_or(0), 0.0015, 1e-9);
  EXPECT_NEAR(text.quantile("winnow_judge_seconds", 0.99).value_or(0), 0.004, 1e-9) << "beyond the last bound";
  EXPECT_FALSE(text.quantile("winnow_nothing", 0.5));
}

TEST(StatusReport, IsATableForPeople) {
  StatusReport report = status_from(MetricsText(kMetrics), 1000 + 90061);
  report.address = "127.0.0.1:9111";
  report.ready = true;
  EXPECT_EQ(status_text(report),
            "daemon             ready at 127.0.0.1:9111, for 1 d 1 h\n"
            "model              a \"new\" one, sha256 bb\n"
            "judged             986 (accept 896; junk 90)\n"
            "without a verdict  10 (busy, tempfail 7; deadline, accept 3)\n"
            "stand-in model     2 (remote 2)\n"
            "skipped            4\n"
            "in flight          5\n"
            "reloads            1 (ok 1)\n"
            "memory             200 MiB\n"
            "pool               gpu1:8000: 12 answered, 0 failed\n"
            "pool               gpu2:8000: 1 answered, 3 failed; left alone, it fails\n"
            "end of message     p50 1.00 ms, p90 2.00 ms, p99 4.00 ms (estimates, from the histogram's buckets)\n"
            "batch              3.00 messages on average\n"
            "processor time     1.00 ms a message, 25.0 % of it the model\n"
            "\n"
            " messages   energy          price       CO2e\n"
            "    1,000   10.0 J  0.0000100 SEK  0.00100 g\n"
            "1,000,000  10.0 kJ     0.0100 SEK     1.00 g\n"
            "energy: estimated, processor time x cost.watts_per_core where no counter could be read\n");
}

TEST(StatusReport, IsOneJsonObjectForPrograms) {
  const auto json = nlohmann::json::parse(status_json(status_from(MetricsText(kMetrics), 2000)));
  EXPECT_EQ(json["up"], true);
  EXPECT_EQ(json["ready"], false);
  EXPECT_EQ(json["uptime_seconds"], 1000.0);
  EXPECT_EQ(json["model"]["sha256"], "bb");
  EXPECT_EQ(json["judged"]["junk"], 90.0);
  ASSERT_EQ(json["pool"].size(), 2u);
  EXPECT_EQ(json["pool"][1]["server"], "gpu2:8000");
  EXPECT_EQ(json["pool"][1]["failed"], 3);
  EXPECT_EQ(json["pool"][1]["left_alone"], true);
  EXPECT_EQ(json["without_a_verdict"]["busy, tempfail"], 7.0);
  EXPECT_NEAR(json["latency_estimate_ms"]["p50"].get<double>(), 1, 1e-6);
  EXPECT_NEAR(json["cpu_ms_per_message"].get<double>(), 1, 1e-9);
  EXPECT_EQ(json["cost"]["source"], "estimated");
  EXPECT_NEAR(json["cost"]["per_1000000"]["price"].get<double>(), 0.01, 1e-9);
}

/// The cost of a message grew with all mail that was let through unseen.
TEST(StatusReport, SharesTheCostAmongAllMessagesSkippedOnesToo) {
  const MetricsText metrics(
      "winnow_messages_total{verdict=\"accept\"} 100\nwinnow_skipped_total 3900\nwinnow_cpu_seconds_total 1\n"
      "winnow_energy_joules_total{source=\"estimate\"} 10\n");
  const auto json = nlohmann::json::parse(status_json(status_from(metrics, 0)));
  EXPECT_NEAR(json["cpu_ms_per_message"].get<double>(), 0.25, 1e-9);
  EXPECT_NEAR(json["cost"]["per_1000"]["joules"].get<double>(), 2.5, 1e-9);
}

TEST(StatusReport, SaysThatTheLastReloadFailed) {
  const std::string reloads = "winnow_reload_total{result=\"ok\"} 3\nwinnow_reload_total{result=\"failed\"} 5\n";
  const StatusReport failed = status_from(MetricsText(reloads + "winnow_last_reload_successful 0\n"), 0);
  EXPECT_THAT(status_text(failed), HasSubstr("(failed 5; ok 3); the last one failed: winnow check says why\n"));
  EXPECT_EQ(nlohmann::json::parse(status_json(failed))["last_reload_failed"], true);
  const StatusReport mended = status_from(MetricsText(reloads + "winnow_last_reload_successful 1\n"), 0);
  EXPECT_THAT(status_text(mended), HasSubstr("(failed 5; ok 3)\n"));
}

TEST(StatusReport, SaysWhyTheDaemonIsNotReady) {
  StatusReport report;
  report.why_not_ready = "the socket is gone";
  EXPECT_NE(status_text(report).find("\nnot ready          the socket is gone\n"), std::string::npos)
      << status_text(report);
  EXPECT_EQ(nlohmann::json::parse(status_json(report))["why_not_ready"], "the socket is gone");
}

TEST(StatusReport, LeavesOutWhatADaemonWithoutMailCannotKnow) {
  const StatusReport report = status_from(MetricsText("winnow_messages_total{verdict=\"accept\"} 0\n"), 0);
  EXPECT_EQ(status_text(report).find("end of message"), std::string::npos);
  EXPECT_EQ(status_text(report).find("energy"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(status_json(report))["latency_estimate_ms"].is_null());
}

TEST(CostText, ShowsThreeFiguresWithoutAnExponent) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},        {1, "1.00"},     {12.345, "12.3"}, {123.4, "123"},     {12345, "12300"}, {0.00123456, "0.00123"},
      {9.996, "10.0"}, {999.6, "1000"}, {-1, "0"},        {std::nan(""), "0"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(three_figures(value).substr(0, 12), text) << value;
}

TEST(CostText, IsNothingWithoutAMessage) {
  const MeasuredCost none{0, {0, 0, 5}, {}};
  EXPECT_EQ(cost_of_messages(1000, none).joules, 0);
}

}  // namespace
}  // namespace winnow
