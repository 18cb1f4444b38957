// status_report.h - what a running daemon tells of itself, as a table and as JSON.
//
// Owns:    plain values.
// Fails:   never; what an older daemon does not tell is left out.
// Units:   seconds, bytes, messages.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/cost_text.h"
#include "cli/metrics_text.h"
#include "engine/pool_server.h"

namespace winnow {

/// From the bounds of a histogram's buckets, so estimates.
struct LatencyEstimate {
  double p50 = 0, p90 = 0, p99 = 0;  // seconds
};

struct StatusReport {
  std::string address;
  bool ready = false;
  std::string why_not_ready;  // "" also where an older daemon does not tell
  double uptime = 0;
  std::string model, sha256;
  std::map<std::string, double> verdicts;   // messages judged
  std::map<std::string, double> fallbacks;  // "busy, tempfail" -> messages without a probability
  std::map<std::string, double> stand_ins;  // cause -> messages
  std::vector<PoolServer> pool;             // its servers; none without a pool
  std::map<std::string, double> reloads;    // result -> times
  bool last_reload_failed = false;          // false also where an older daemon does not tell
  double skipped = 0, in_flight = 0;
  std::optional<LatencyEstimate> latency;
  double mean_batch = 0;
  double cpu_seconds = 0, inference_cpu_seconds = 0;
  double memory_bytes = 0;
  MeasuredCost cost;  // its messages are the judged ones, the fallbacks and the skipped ones: the processor serves all
};

/// `now` as Unix time.
StatusReport status_from(const MetricsText& metrics, double now);

std::string status_text(const StatusReport& report);
std::string status_json(const StatusReport& report);

}  // namespace winnow
