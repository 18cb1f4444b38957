// bench_options.h - the options of `winnow bench`, and the run that they ask for.
//
// Owns:    plain values.
// Fails:   wrong_about says what is wrong with them together.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/invented_mail.h"
#include "cli/load.h"
#include "cli/snapshot_options.h"

namespace winnow {

struct BenchOptions {
  std::vector<std::filesystem::path> files;
  SnapshotOptions snapshot;
  std::string socket;  // "" = the settings'
  bool engine = false;
  std::size_t connections = 8;
  double rate = 0;  // messages a second; 0 = as answered
  bool burst = false;
  std::size_t messages = 0;  // 0 = each file once, or kDefaultMessages; with a duration, no limit but the highest
  std::string duration;      // "" = none
  std::size_t warm_up = 100;
  std::string sizes = "mixed";
  std::size_t seed = 1;
  std::size_t pid = 0;  // 0 = found by the socket
  bool json = false;
};

void add_bench_options(Arguments& arguments, BenchOptions& options);

/// What is wrong about the options, or "".
std::string wrong_about(const BenchOptions& options);

/// The run with `mails` messages at hand; of options that are not wrong.
LoadPlan plan_of(const BenchOptions& options, std::size_t mails);

}  // namespace winnow
