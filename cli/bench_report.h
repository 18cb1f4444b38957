// bench_report.h - what `winnow bench` measured, as a table and as JSON.
//
// Owns:    plain values.
// Fails:   never; what could not be measured is left out, null in JSON.
// Units:   JSON says milliseconds, bytes and seconds in its names.
#pragma once

#include <optional>
#include <string>

#include "cli/cost_text.h"
#include "cli/load.h"
#include "milter/process_usage.h"

namespace winnow {

/// The process under load.
struct MeasuredProcess {
  int pid = 0;
  ProcessUsage start, end;
  double bytes_per_message = 0;  // the slope of resident memory over messages
  EnergyTotals energy;
};

struct BenchReport {
  std::string target;
  LoadPlan plan;
  LoadResult result;
  bool interrupted = false;
  std::optional<MeasuredProcess> process;
  CostSettings prices;
};

std::string bench_text(const BenchReport& report);
std::string bench_json(const BenchReport& report);

}  // namespace winnow
