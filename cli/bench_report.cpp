#include "cli/bench_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/measurements.h"
#include "cli/table.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, std::size_t>;

constexpr double kMebibyte = 1 << 20;
constexpr std::size_t kTrendMessages = 10'000;  // over fewer, a trend is what allocators do by chance

double per_second(const BenchReport& report) {
  return report.result.seconds > 0 ? static_cast<double>(report.result.answered) / report.result.seconds : 0;
}

double cpu_ms_per_message(const BenchReport& report) {
  const double seconds = report.process->end.cpu_seconds - report.process->start.cpu_seconds;
  return report.result.answered > 0 ? 1e3 * seconds / static_cast<double>(report.result.answered) : 0;
}

MeasuredCost cost_in(const BenchReport& report) {
  return {static_cast<double>(report.result.answered), report.process->energy, report.prices};
}

std::string counts_text(const Counts& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += (text.empty() ? "" : "; ") + name + " " + std::to_string(count);
  return text.empty() ? "none" : text;
}

std::string pace_text(const LoadPlan& plan) {
  switch (plan.pace) {
    case Pace::Answered:
      return "each as fast as it is answered";
    case Pace::Rate:
      return three_figures(plan.rate) + " messages a second in all";
    case Pace::Burst:
      return "all messages at once";
  }
  return "";
}

std::string mebibytes(double bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f MiB", bytes / kMebibyte);
  return text;
}

std::string memory_text(const BenchReport& report) {
  const MeasuredProcess& process = *report.process;
  const std::string text = mebibytes(static_cast<double>(process.start.resident_bytes)) + " at the start, " +
                           mebibytes(static_cast<double>(process.end.resident_bytes)) + " at the end, " +
                           mebibytes(static_cast<double>(process.end.peak_bytes)) + " at most";
  if (report.result.answered < kTrendMessages) return text;
  char trend[80];
  std::snprintf(trend, sizeof trend, "; trend %+.1f MiB per 1,000,000 messages",
                1e6 * process.bytes_per_message / kMebibyte);
  return text + trend;
}

std::vector<std::string> delay_row(const std::string& name, const std::vector<std::uint32_t>& delays) {
  const Percentiles p = percentiles_of(delays);
  std::vector<std::string> row{name};
  for (const std::uint32_t us : {p.p50, p.p90, p.p99, p.p999, p.max}) row.push_back(three_figures(us / 1e3));
  return row;
}

std::string delay_table(const BenchReport& report) {
  const std::string whole = report.plan.pace == Pace::Answered ? "whole message" : "from its time on";
  std::vector<Column> columns{{"delay in ms"}};
  for (const char* title : {"p50", "p90", "p99", "p99.9", "max"}) columns.push_back({title, Align::Right});
  return format_table(columns, {delay_row(whole, report.result.whole),
                                delay_row("end of message to answer", report.result.end_of_message)});
}

Json delay_json(const std::vector<std::uint32_t>& delays) {
  const Percentiles p = percentiles_of(delays);
  return {
      {"p50", p.p50 / 1e3}, {"p90", p.p90 / 1e3}, {"p99", p.p99 / 1e3}, {"p99.9", p.p999 / 1e3}, {"max", p.max / 1e3}};
}

Json process_json(const BenchReport& report) {
  if (!report.process) return nullptr;
  const MeasuredProcess& process = *report.process;
  return {{"pid", process.pid},
          {"cpu_seconds", process.end.cpu_seconds - process.start.cpu_seconds},
          {"cpu_ms_per_message", cpu_ms_per_message(report)},
          {"memory_bytes_start", process.start.resident_bytes},
          {"memory_bytes_end", process.end.resident_bytes},
          {"memory_bytes_peak", process.end.peak_bytes},
          {"memory_bytes_per_1000000_messages", 1e6 * process.bytes_per_message}};
}

const char* pace_name(Pace pace) { return pace == Pace::Answered ? "answered" : pace == Pace::Rate ? "rate" : "burst"; }

}  // namespace

std::string bench_text(const BenchReport& report) {
  const LoadResult& result = report.result;
  std::vector<std::vector<std::string>> rows{
      {"target", report.target},
      {"connections", std::to_string(report.plan.connections) + ", " + pace_text(report.plan)},
      {"messages", std::to_string(result.answered) + " answered in " + three_figures(result.seconds) + " s: " +
                       three_figures(per_second(report)) + " a second" + (report.interrupted ? " (interrupted)" : "")},
      {"verdicts", counts_text(result.verdicts)},
      {"without a verdict", counts_text(result.fallbacks)},
      {"without an answer", std::to_string(result.failed) + (result.error.empty() ? "" : ", last: " + result.error)}};
  if (report.process) {
    const std::string whose =
        report.process->pid == 0 ? "this process" : "process " + std::to_string(report.process->pid);
    rows.push_back({"processor time", three_figures(cpu_ms_per_message(report)) + " ms a message of " + whose});
    rows.push_back({"memory", memory_text(report)});
  }
  std::string text = format_table({{""}, {""}}, rows) + "\n" + delay_table(report);
  if (report.process) text += "\n" + cost_table(cost_in(report));
  return text;
}

std::string bench_json(const BenchReport& report) {
  const LoadResult& result = report.result;
  const Json json{{"target", report.target},
                  {"connections", report.plan.connections},
                  {"pace", pace_name(report.plan.pace)},
                  {"rate", report.plan.rate},
                  {"answered", result.answered},
                  {"failed", result.failed},
                  {"error", result.error},
                  {"interrupted", report.interrupted},
                  {"seconds", result.seconds},
                  {"messages_per_second", per_second(report)},
                  {"verdicts", result.verdicts},
                  {"without_a_verdict", result.fallbacks},
                  {"whole_ms", delay_json(result.whole)},
                  {"end_of_message_ms", delay_json(result.end_of_message)},
                  {"process", process_json(report)},
                  {"cost", report.process ? Json::parse(cost_json(cost_in(report))) : Json(nullptr)}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
