#include "cli/bench_options.h"

#include <algorithm>

#include "config/units.h"

namespace winnow {
namespace {

constexpr std::size_t kDefaultMessages = 1000;
constexpr std::size_t kMostMessages = 10'000'000;  // 80 MB of measurements
constexpr std::size_t kMostConnections = 4096;     // a thread and a descriptor each
constexpr std::chrono::hours kLongest{24};
constexpr double kLeastRate = 0.01, kHighestRate = 1e6;  // messages a second

}  // namespace

void add_bench_options(Arguments& arguments, BenchOptions& options) {
  arguments.add_optional_files("mail to send: files, folders, Maildir, mbox, archives; without any, invented mail",
                               options.files);
  arguments.add({"--socket", "SOCKET", "of the running daemon: unix:PATH or inet:PORT@HOST (default: the settings')"},
                options.socket);
  arguments.add({"--engine", "", "judge in this process instead, by the settings' model and rules"}, options.engine);
  add_snapshot_options(arguments, options.snapshot);
  arguments.add({"--connections", "N", "at the same time, 1 to 4096"}, options.connections, {1, kMostConnections});
  arguments.add({"--rate", "R",
                 "messages a second in all, each at its time, from which its delay counts; 0 = as fast as answered"},
                options.rate);
  arguments.add({"--burst", "", "all messages at the same moment, each connection opened then"}, options.burst);
  arguments.add({"--messages", "N", "to send; 0 = each FILE once, and 1000 without one"}, options.messages,
                {0, kMostMessages});
  arguments.add({"--duration", "TIME", "for so long instead, such as 30s, at most 24h"}, options.duration);
  arguments.add({"--warm-up", "N", "messages that are sent before and not measured"}, options.warm_up,
                {0, kMostMessages});
  arguments.add(
      {"--sizes", "MIX", "of invented mail: small, mixed, large, or sizes with shares such as 4KiB:90,1MiB:10"},
      options.sizes);
  arguments.add({"--seed", "N", "of invented mail"}, options.seed);
  arguments.add(
      {"--pid", "N", "process whose time and memory are measured; 0 = the one that listens at the unix socket"},
      options.pid);
  arguments.add({"--json", "", "one JSON object"}, options.json);
}

std::string wrong_about(const BenchOptions& options) {
  if (!options.engine && (!options.snapshot.model.empty() || !options.snapshot.rules.empty()))
    return "--model and --rules are for --engine: the daemon has its own";
  if (options.engine && (!options.socket.empty() || options.pid != 0)) return "--engine excludes --socket and --pid";
  if (options.burst && (options.rate != 0 || !options.duration.empty()))
    return "--burst excludes --rate and --duration";
  if (options.rate != 0 && !(options.rate >= kLeastRate && options.rate <= kHighestRate)) {
    return "--rate must be 0.01 to 1000000 messages a second";
  }
  if (options.duration.empty()) return "";
  const auto duration = parse_duration(options.duration);
  const bool bounded = duration && duration->count() > 0 && *duration <= kLongest;
  return bounded ? "" : "--duration must be a time such as 30s, at most 24h";
}

LoadPlan plan_of(const BenchOptions& options, std::size_t mails) {
  LoadPlan plan;
  plan.connections = options.connections;
  plan.pace = options.burst ? Pace::Burst : options.rate > 0 ? Pace::Rate : Pace::Answered;
  plan.rate = options.rate;
  plan.duration = parse_duration(options.duration).value_or(std::chrono::microseconds(0));
  const std::size_t all = !options.duration.empty() ? kMostMessages : options.files.empty() ? kDefaultMessages : mails;
  plan.messages = options.messages > 0 ? options.messages : std::min(all, kMostMessages);
  plan.connections = std::min(plan.connections, plan.messages);
  return plan;
}

}  // namespace winnow
