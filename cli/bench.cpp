#include <sys/resource.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/bench_options.h"
#include "cli/bench_report.h"
#include "cli/load_target.h"
#include "cli/mail_files.h"
#include "cli/measurements.h"
#include "cli/progress.h"
#include "cli/stop_signal.h"
#include "cli/terminal.h"
#include "milter/gpu_energy.h"
#include "milter/rapl.h"

namespace winnow {
namespace {

constexpr std::uint64_t kMaxBytes = 64u << 20;  // of one message; MTAs refuse far smaller ones
constexpr std::size_t kInventedMails = 200;     // different ones, sent over and over

/// What is under load, and what messages cost there.
struct Bench {
  std::string name;
  std::unique_ptr<LoadTarget> target;
  Settings settings;
  bool on_gpu = false;  // in this process
  std::size_t mails = 0;
};

Envelope envelope_of_bench() {
  return {.client_ip = "198.51.100.25",
          .client_name = "mail.sender.example",
          .helo = "mail.sender.example",
          .mail_from = "bench@sender.example",
          .recipients = {"recipient@example.com"},
          .present = true};
}

std::vector<MailInput> mails_to_send(const BenchOptions& options, std::uint64_t max_bytes, Diagnostics& problems) {
  std::vector<MailInput> mails;
  if (options.files.empty()) {
    std::string error;
    mails =
        invent_mail(sizes_named(options.sizes, error).value_or(std::vector<SizeShare>{}), kInventedMails, options.seed);
    for (MailInput& mail : mails) mail = mail_from_bytes(std::move(mail.raw), max_bytes);
  } else {
    read_mail(options.files, max_bytes, problems, [&](NamedMail&& mail) { mails.push_back(std::move(mail.input)); });
  }
  for (MailInput& mail : mails) mail.envelope = envelope_of_bench();
  return mails;
}

std::optional<Bench> engine_bench(const BenchOptions& options, Diagnostics& problems) {
  const auto snapshot = load_chosen_snapshot(options.snapshot, problems);
  if (!snapshot) return std::nullopt;
  auto mails = mails_to_send(options, snapshot->settings.milter.max_scan_bytes, problems);
  if (problems.has_errors()) return std::nullopt;
  Bench bench{"engine in this process, model " + snapshot->engine->manifest().name, nullptr, snapshot->settings,
              snapshot->engine->device().starts_with("cuda"), mails.size()};
  bench.target = make_engine_target(snapshot, std::move(mails));
  return bench;
}

std::optional<Bench> socket_bench(const BenchOptions& options, Diagnostics& problems) {
  const auto settings = load_daemon_settings(options.snapshot.config, problems);
  if (!settings) return std::nullopt;
  const auto mails = mails_to_send(options, kMaxBytes, problems);
  if (problems.has_errors()) return std::nullopt;
  const std::string socket = options.socket.empty() ? settings->milter.socket : options.socket;
  std::string error;
  if (make_milter_target(socket, {})->connect(error) == nullptr) {
    problems.error({}, error);
    return std::nullopt;
  }
  return Bench{socket, make_milter_target(socket, mails), *settings, false, mails.size()};
}

/// Shells allow 1,024 descriptors; each connection takes one.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

LoadResult run_phase(const char* name, const LoadPlan& plan, const LoadTarget& target, Progress& progress,
                     const std::function<void(std::size_t done)>& watch) {
  const bool timed = plan.duration.count() > 0;
  const auto result = run_load(plan, target, [&](std::size_t done) {
    progress.show({name, done, timed ? 0 : plan.messages, ""});
    watch(done);
    return !stop_was_asked();
  });
  progress.clear();
  return result;
}

EnergyInputs energy_inputs(const Bench& bench, int pid) {
  auto gpus = bench.on_gpu ? load_nvml() : std::nullopt;
  const double watts = bench.settings.cost.watts_per_core;
  return {open_rapl(), gpus ? make_gpu_counter(std::move(*gpus)) : nullptr, [pid] { return cpu_times_of(pid); },
          [watts] { return watts; }};
}

void warm_up(const BenchOptions& options, LoadPlan plan, const Bench& bench, Progress& progress) {
  if (options.warm_up == 0) return;
  plan.pace = Pace::Answered;
  plan.messages = options.warm_up;
  plan.connections = std::min(plan.connections, plan.messages);
  plan.duration = {};
  (void)run_phase("warming up", plan, *bench.target, progress, [](std::size_t) {});
}

BenchReport measure(const BenchOptions& options, const Bench& bench) {
  Progress progress;
  BenchReport report{bench.name, plan_of(options, bench.mails), {}, false, std::nullopt, bench.settings.cost};
  warm_up(options, report.plan, bench, progress);
  const int pid = options.pid != 0 ? static_cast<int>(options.pid) : bench.target->process();
  Trend memory;
  EnergyMeter meter(energy_inputs(bench, pid));
  meter.keep_sampling();
  const auto start = pid < 0 ? std::nullopt : usage_of(pid);
  report.result = run_phase("sending", report.plan, *bench.target, progress, [&](std::size_t done) {
    if (!start) return;
    if (const auto now = usage_of(pid)) memory.add(static_cast<double>(done), static_cast<double>(now->resident_bytes));
  });
  const auto end = start ? usage_of(pid) : std::nullopt;
  if (end) report.process = MeasuredProcess{pid, *start, *end, memory.slope(), meter.sample()};
  report.interrupted = stop_was_asked();
  return report;
}

int run_bench(const Command& self, int argc, char** argv) {
  BenchOptions options;
  Arguments arguments(self);
  add_bench_options(arguments, options);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  std::string wrong = wrong_about(options);
  if (wrong.empty()) (void)sizes_named(options.sizes, wrong);
  if (!wrong.empty()) return arguments.wrong_usage(wrong);

  Diagnostics problems;
  allow_many_descriptors();
  const auto bench = options.engine ? engine_bench(options, problems) : socket_bench(options, problems);
  print_problems(problems);
  if (!bench) return kProblems;
  ask_to_stop_on_signal();
  const BenchReport report = measure(options, *bench);
  const std::string text = options.json ? bench_json(report) + "\n" : bench_text(report);
  std::fputs(text.c_str(), stdout);
  return report.result.failed > 0 || report.result.answered == 0 ? kProblems : kFine;
}

}  // namespace

const Command kBenchCommand{
    "bench", "put load on the running daemon or the engine, and measure delays, processor time, memory and cost.",
    "0 every message answered, 1 problems, 2 wrong usage", "winnow bench --connections 32 --rate 200 --duration 1min",
    run_bench};

}  // namespace winnow
