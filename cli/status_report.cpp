#include "cli/status_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/table.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, double>;

double total(const Counts& counts) {
  double sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

std::string whole(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.0f", value);
  return text;
}

/// "1234 (accept 1200, junk 34)"; what is 0 is left out.
std::string counts_text(const Counts& counts) {
  std::string parts;
  for (const auto& [name, count] : counts) {
    if (count > 0) parts += (parts.empty() ? "" : "; ") + name + " " + whole(count);
  }
  return whole(total(counts)) + (parts.empty() ? "" : " (" + parts + ")");
}

/// The two largest units: "3 d 4 h", "5 min 2 s".
std::string span_text(double seconds) {
  const std::pair<const char*, double> units[] = {{" d", 86400}, {" h", 3600}, {" min", 60}, {" s", 1}};
  for (std::size_t i = 0; i + 1 < std::size(units); ++i) {
    if (seconds < units[i].second) continue;
    const double first = std::floor(seconds / units[i].second);
    const double second = std::floor((seconds - first * units[i].second) / units[i + 1].second);
    return whole(first) + units[i].first + " " + whole(second) + units[i + 1].first;
  }
  return whole(std::max(0.0, std::floor(seconds))) + " s";
}

double per(double value, double count) { return count > 0 ? value / count : 0; }

std::string label_of(const MetricsText& metrics, std::string_view name, const std::string& label) {
  for (const MetricSample& sample : metrics.samples()) {
    const auto found = sample.labels.find(label);
    if (sample.name == name && sample.value > 0 && found != sample.labels.end()) return found->second;
  }
  return "";
}

Counts fallbacks_of(const MetricsText& metrics) {
  Counts counts;
  for (const MetricSample& sample : metrics.samples()) {
    if (sample.name != "winnow_fallback_total") continue;
    const auto cause = sample.labels.find("cause"), action = sample.labels.find("action");
    if (cause == sample.labels.end() || action == sample.labels.end()) continue;
    counts[cause->second + ", " + action->second] += sample.value;
  }
  return counts;
}

std::optional<LatencyEstimate> latency_of(const MetricsText& metrics) {
  const auto p50 = metrics.quantile("winnow_judge_seconds", 0.5);
  if (!p50) return std::nullopt;
  return LatencyEstimate{*p50, metrics.quantile("winnow_judge_seconds", 0.9).value_or(0),
                         metrics.quantile("winnow_judge_seconds", 0.99).value_or(0)};
}

MeasuredCost cost_from(const MetricsText& metrics, double messages) {
  Counts joules = metrics.sum_by("winnow_energy_joules_total", "source");
  MeasuredCost cost{messages, {joules["rapl"], joules["nvml"], joules["estimate"]}, {}};
  for (const auto& [currency, price] : metrics.sum_by("winnow_energy_price_per_kwh", "currency")) {
    cost.prices.currency = currency;
    cost.prices.price_per_kwh = price;
  }
  cost.prices.gco2e_per_kwh = metrics.sum("winnow_energy_gco2e_per_kwh");
  return cost;
}

std::string latency_text(const LatencyEstimate& latency) {
  return "p50 " + three_figures(1e3 * latency.p50) + " ms, p90 " + three_figures(1e3 * latency.p90) + " ms, p99 " +
         three_figures(1e3 * latency.p99) + " ms (estimates, from the histogram's buckets)";
}

std::vector<PoolServer> pool_of(const MetricsText& metrics) {
  const Counts failed = metrics.sum_by("winnow_pool_failed_total", "server");
  const Counts left_alone = metrics.sum_by("winnow_pool_left_alone", "server");
  const auto of = [](const Counts& counts, const std::string& server) {
    const auto found = counts.find(server);
    return found == counts.end() ? 0.0 : found->second;
  };
  std::vector<PoolServer> servers;
  for (const auto& [server, answered] : metrics.sum_by("winnow_pool_answered_total", "server")) {
    servers.push_back({server, static_cast<std::uint64_t>(answered), static_cast<std::uint64_t>(of(failed, server)),
                       of(left_alone, server) > 0});
  }
  return servers;
}

std::string pool_text(const PoolServer& server) {
  return server.name + ": " + std::to_string(server.answered) + " answered, " + std::to_string(server.failed) +
         " failed" + (server.left_alone ? "; left alone, it fails" : "");
}

double inference_share(const StatusReport& report) { return per(report.inference_cpu_seconds, report.cpu_seconds); }

}  // namespace

StatusReport status_from(const MetricsText& metrics, double now) {
  StatusReport report;
  report.uptime = now - metrics.sum("process_start_time_seconds");
  report.model = label_of(metrics, "winnow_model_info", "name");
  report.sha256 = label_of(metrics, "winnow_model_info", "sha256");
  report.verdicts = metrics.sum_by("winnow_messages_total", "verdict");
  report.fallbacks = fallbacks_of(metrics);
  report.stand_ins = metrics.sum_by("winnow_stand_in_total", "cause");
  report.pool = pool_of(metrics);
  report.reloads = metrics.sum_by("winnow_reload_total", "result");
  constexpr const char* kLastReload = "winnow_last_reload_successful";
  report.last_reload_failed = metrics.has(kLastReload) && metrics.sum(kLastReload) == 0;
  report.skipped = metrics.sum("winnow_skipped_total");
  report.in_flight = metrics.sum("winnow_in_flight");
  report.latency = latency_of(metrics);
  report.mean_batch = per(metrics.sum("winnow_batch_messages_sum"), metrics.sum("winnow_batch_messages_count"));
  report.cpu_seconds = metrics.sum("winnow_cpu_seconds_total");
  report.inference_cpu_seconds = metrics.sum("winnow_inference_cpu_seconds_total");
  report.memory_bytes = metrics.sum("process_resident_memory_bytes");
  report.cost = cost_from(metrics, total(report.verdicts) + total(report.fallbacks) + report.skipped);
  return report;
}

std::string status_text(const StatusReport& report) {
  const double messages = report.cost.messages;
  std::vector<std::vector<std::string>> rows{
      {"daemon", std::string(report.ready ? "ready" : "up, but not ready") + " at " + report.address + ", for " +
                     span_text(report.uptime)},
      {"model", report.model + ", sha256 " + report.sha256},
      {"judged", counts_text(report.verdicts)},
      {"without a verdict", counts_text(report.fallbacks)},
      {"stand-in model", counts_text(report.stand_ins)},
      {"skipped", whole(report.skipped)},
      {"in flight", whole(report.in_flight)},
      {"reloads",
       counts_text(report.reloads) + (report.last_reload_failed ? "; the last one failed: winnow check says why" : "")},
      {"memory", three_figures(report.memory_bytes / (1 << 20)) + " MiB"}};
  if (!report.why_not_ready.empty()) rows.insert(rows.begin() + 1, {"not ready", report.why_not_ready});
  for (const PoolServer& server : report.pool) rows.push_back({"pool", pool_text(server)});
  if (report.latency) rows.push_back({"end of message", latency_text(*report.latency)});
  if (report.mean_batch > 0) rows.push_back({"batch", three_figures(report.mean_batch) + " messages on average"});
  if (messages > 0) {
    rows.push_back({"processor time", three_figures(1e3 * per(report.cpu_seconds, messages)) + " ms a message, " +
                                          three_figures(100 * inference_share(report)) + " % of it the model"});
  }
  std::string text = format_table({{""}, {""}}, rows);
  if (messages > 0) text += "\n" + cost_table(report.cost);
  return text;
}

std::string status_json(const StatusReport& report) {
  Json latency = nullptr;
  if (report.latency) {
    latency = {
        {"p50", 1e3 * report.latency->p50}, {"p90", 1e3 * report.latency->p90}, {"p99", 1e3 * report.latency->p99}};
  }
  Json pool = Json::array();
  for (const PoolServer& server : report.pool) {
    pool.push_back({{"server", server.name},
                    {"answered", server.answered},
                    {"failed", server.failed},
                    {"left_alone", server.left_alone}});
  }
  const double messages = report.cost.messages;
  const Json json{{"up", true},
                  {"ready", report.ready},
                  {"why_not_ready", report.why_not_ready},
                  {"address", report.address},
                  {"uptime_seconds", report.uptime},
                  {"model", {{"name", report.model}, {"sha256", report.sha256}}},
                  {"judged", report.verdicts},
                  {"without_a_verdict", report.fallbacks},
                  {"stand_ins", report.stand_ins},
                  {"pool", pool},
                  {"skipped", report.skipped},
                  {"in_flight", report.in_flight},
                  {"reloads", report.reloads},
                  {"last_reload_failed", report.last_reload_failed},
                  {"latency_estimate_ms", latency},
                  {"mean_batch", report.mean_batch},
                  {"cpu_ms_per_message", 1e3 * per(report.cpu_seconds, messages)},
                  {"inference_share_of_cpu", inference_share(report)},
                  {"memory_bytes", report.memory_bytes},
                  {"cost", Json::parse(cost_json(report.cost))}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
