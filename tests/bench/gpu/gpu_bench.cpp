// One replica on the first GPU, or on the CPU where there is none: latency, messages/s, what bounds them, joules a message.
// Prints a Markdown table for docs/performance.md.
//
//   bench_gpu [--seconds S] [--model FILE --rows N --dense N] [--half] [--largest-batch N]
//
// Without --model: the default architecture at the shipped size, with a table of zeros. On a GPU that takes as long as any
// other; a CPU keeps one page of zeros for all of it, so measure it with --model models/default.pt --rows 524288 --dense 114.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "bandwidth.h"
#include "energy_counter.h"
#include "engine/torch_backend.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTokens = 600;  // of a message, the mean of the corpora's mail
constexpr std::size_t kBatchSizes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
constexpr int kWarmUpRuns = 5;

struct Options {
  double seconds = 2;  // of each row; the energy counter needs one
  std::size_t largest_batch = 1024;
  std::string model;
  std::size_t rows = std::size_t{1} << 19, columns = 10, dense = 50;
  bool half = false;
};

struct Limits {
  double copy_rate = 0, memory_rate = 0;  // messages/s that the wires carry
};

struct Figures {
  std::size_t messages = 0;  // of a batch
  double p50 = 0, p99 = 0, rate = 0, copy_share = 0;
  std::optional<double> joules;  // of a message
};

TokenBatch invent_batch(const Options& options, std::size_t messages) {
  std::mt19937_64 generator(11);
  TokenBatch batch;
  for (std::size_t message = 0; message < messages; ++message) {
    std::vector<std::int64_t> tokens;
    for (std::size_t i = 0; i < kTokens; ++i) tokens.push_back(static_cast<std::int64_t>(generator() % options.rows));
    batch.add(tokens, std::vector<float>(kTokens, 0.05f), std::vector<float>(options.dense, 0.1f));
  }
  return batch;
}

/// What a message brings along, and the rows of the table that are read for it.
Limits limits_of(const Options& options, const std::string& device) {
  const double brought = static_cast<double>(kTokens * (sizeof(std::int64_t) + sizeof(float)) + sizeof(std::int64_t) +
                                             options.dense * sizeof(float));
  const double row = static_cast<double>(options.columns * (options.half ? 2 : 4));
  const double copy = copy_bandwidth(device), memory = memory_bandwidth(device);
  const Limits limits{copy / brought, memory / (kTokens * row + brought)};
  std::printf(
      "Copy to the device %.1f GB/s, its memory %.1f GB/s. A message brings %.1f KiB and reads %.1f KiB of the table:\n"
      "at most %.0f messages/s by the copy, %.0f by the memory.\n\n",
      copy / 1e9, memory / 1e9, brought / 1024, kTokens * row / 1024, limits.copy_rate, limits.memory_rate);
  return limits;
}

Status read_archive(const Options& options, TorchBackend& backend, std::string& archive) {
  if (!options.model.empty()) {
    std::ifstream file(options.model, std::ios::binary);
    archive.assign(std::istreambuf_iterator<char>(file), {});
    return archive.empty() ? Status::failed("cannot read " + options.model) : Status::ok();
  }
  ArchitectureSpec spec;
  spec.table_size = options.rows;
  spec.embedding_width = options.columns - spec.labels;
  spec.dense_width = options.dense;
  std::vector<std::int64_t> rows(spec.table_size);
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  std::unique_ptr<Trainer> trainer;
  if (Status status = backend.make_trainer(spec, rows, {}, trainer); !status) return status;
  return trainer->save("{}", archive);
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

/// `counter` is of the GPU that computes; null where none does.
Status measure(Model& model, const TokenBatch& batch, double seconds, const EnergyCounter* counter, Figures& figures) {
  std::vector<float> logits;
  for (int i = 0; i < kWarmUpRuns; ++i) {
    if (Status status = model.run(batch, logits); !status) return status;
  }
  std::vector<double> latencies;
  const auto joules = counter != nullptr ? counter->joules() : std::nullopt;
  const auto begin = Clock::now();
  double passed = 0;
  while (passed < seconds) {
    const auto start = Clock::now();
    if (Status status = model.run(batch, logits); !status) return status;
    const auto now = Clock::now();
    latencies.push_back(std::chrono::duration<double, std::micro>(now - start).count());
    passed = std::chrono::duration<double>(now - begin).count();
  }
  const double messages = static_cast<double>(batch.messages * latencies.size());
  if (joules) figures.joules = (*counter->joules() - *joules) / messages;
  std::sort(latencies.begin(), latencies.end());
  figures.messages = batch.messages;
  figures.p50 = percentile(latencies, 0.5);
  figures.p99 = percentile(latencies, 0.99);
  figures.rate = messages / passed;
  return Status::ok();
}

void print_row(const Figures& figures, const Limits& limits) {
  char joules[32] = "-";
  if (figures.joules) std::snprintf(joules, sizeof joules, "%.6f", *figures.joules);
  std::printf("| %zu | %.0f | %.0f | %.0f | %.0f %% | %.1f %% | %.1f %% | %s |\n", figures.messages, figures.p50,
              figures.p99, figures.rate, 100 * figures.copy_share, 100 * figures.rate / limits.copy_rate,
              100 * figures.rate / limits.memory_rate, joules);
}

Status run_all(const Options& options, TorchBackend& backend) {
  const EnergyCounter counter;
  const bool has_gpu = backend.cuda_devices() > 0;
  const std::string device = has_gpu ? "cuda:0" : "cpu";
  std::printf("LibTorch %s, %s%s\n\n", backend.version().c_str(),
              has_gpu ? counter.gpu_name().c_str() : "no GPU that it sees: these are figures of one CPU thread",
              options.half ? ", half precision" : "");
  std::string archive;
  if (Status status = read_archive(options, backend, archive); !status) return status;
  Placement placement;
  placement.devices = {device};
  placement.half = options.half;
  placement.probe = invent_batch(options, 8);
  std::unique_ptr<Model> model;
  if (Status status = backend.load(archive, placement, model); !status) return status;
  backend.enter_inference_thread();
  const Limits limits = limits_of(options, device);
  std::puts(
      "| batch | p50 us | p99 us | messages/s | share of the copy | of the copy's limit | of the memory's limit | "
      "J/message |\n"
      "|---:|---:|---:|---:|---:|---:|---:|---:|");
  for (const std::size_t messages : kBatchSizes) {
    if (messages > options.largest_batch) break;
    const TokenBatch batch = invent_batch(options, messages);
    Figures figures;
    if (Status status = measure(*model, batch, options.seconds, has_gpu ? &counter : nullptr, figures); !status)
      return status;
    figures.copy_share = 1e6 * seconds_to_place(batch, device) / figures.p50;
    print_row(figures, limits);
  }
  return Status::ok();
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--half") {
      options.half = true;
      continue;
    }
    if (++i == argc) return false;
    if (name == "--seconds")
      options.seconds = std::atof(argv[i]);
    else if (name == "--model")
      options.model = argv[i];
    else if (name == "--rows")
      options.rows = std::strtoull(argv[i], nullptr, 10);
    else if (name == "--largest-batch")
      options.largest_batch = std::strtoull(argv[i], nullptr, 10);
    else if (name == "--dense")
      options.dense = std::strtoull(argv[i], nullptr, 10);
    else
      return false;
  }
  return options.seconds > 0 && options.rows > 0;
}

int run(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fputs("usage: bench_gpu [--seconds S] [--model FILE --rows N --dense N] [--half] [--largest-batch N]\n",
               stderr);
    return 2;
  }
  std::string error;
  TorchBackend* backend = open_torch_plugin({WINNOW_PLUGIN}, error);
  const Status status = backend != nullptr ? run_all(options, *backend) : Status::failed(error);
  if (status) return 0;
  std::fprintf(stderr, "bench_gpu: %s\n", status.error().c_str());
  return 1;
}

}  // namespace
}  // namespace winnow

int main(int argc, char** argv) { return winnow::run(argc, argv); }
