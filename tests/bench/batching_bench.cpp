// Ways to bring messages to a model, with a real model and the same invented messages: messages/s, latency and processor
// time, as ratios to one forward per message on the caller's thread. Prints a Markdown table.
//
//   bench_batching [MODEL.pt] [SECONDS]    default: models/default.pt, 1 second for each figure
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/batcher.h"
#include "engine/model_loader.h"
#include "engine/torch_backend.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessages = 512, kRounds = 3;
constexpr std::size_t kThreadCounts[] = {1, 2, 8, 32};
constexpr std::size_t kMostThreads = 32;

/// As many tokens as mail of the corpora has: 100 to 1500, most of them few.
std::vector<Features> invent_messages(const Manifest& manifest) {
  std::mt19937 generator(7);
  std::lognormal_distribution<double> lengths(6.2, 0.6);
  std::vector<Features> messages(kMessages);
  for (Features& message : messages) {
    const auto tokens = static_cast<std::size_t>(std::clamp(lengths(generator), 100.0, 1500.0));
    for (std::size_t i = 0; i < tokens; ++i)
      message.tokens.push_back(static_cast<std::int64_t>(generator() % manifest.table_size));
    message.weights.assign(tokens, 0.05f);
    message.dense.assign(manifest.dense_names.size(), 0.1f);
  }
  return messages;
}

/// Judges one message on the calling thread, whose number it gets.
using Judge = std::function<void(std::size_t thread, const Features& message)>;

/// The caller's own buffers.
void judge_alone(Model& model, const Features& message) {
  thread_local TokenBatch batch;
  thread_local std::vector<float> logits;
  batch.clear();
  batch.add(message.tokens, message.weights, message.dense);
  if (!model.run(batch, logits)) std::abort();
}

void judge_by(Batcher& batcher, const Features& message) {
  const auto outcome = batcher.submit(message)->wait_until(Clock::now() + std::chrono::minutes(1));
  if (!outcome || outcome->error != ScoreError::None) std::abort();
}

/// A model as it is, but for the queue.
class Queued : public Model {
 public:
  explicit Queued(std::unique_ptr<Model> model) : model_(std::move(model)) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override { return model_->run(batch, logits); }
  std::string device() const override { return model_->device(); }

 private:
  const std::unique_ptr<Model> model_;
};

struct Way {
  std::string name;
  Judge judge;
};

/// What one way did with one number of threads, over all rounds.
struct Figures {
  std::vector<double> latencies;  // us
  double seconds = 0, cpu_seconds = 0;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::vector<double> run_thread(const Way& way, const std::vector<Features>& messages, std::size_t thread,
                               Clock::time_point end) {
  std::vector<double> latencies;
  for (std::size_t i = thread * 37; Clock::now() < end; ++i) {
    const auto begin = Clock::now();
    way.judge(thread, messages[i % messages.size()]);
    latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  return latencies;
}

void measure(const Way& way, const std::vector<Features>& messages, std::size_t threads, double seconds,
             TorchBackend& backend, Figures& figures) {
  const auto begin = Clock::now();
  const double cpu_begin = cpu_seconds();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<std::vector<double>> latencies(threads);
  std::vector<std::thread> callers;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    callers.emplace_back([&, thread] {
      backend.enter_inference_thread();
      latencies[thread] = run_thread(way, messages, thread, end);
    });
  }
  for (std::thread& caller : callers) caller.join();
  figures.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
  figures.cpu_seconds += cpu_seconds() - cpu_begin;
  for (const auto& of_thread : latencies)
    figures.latencies.insert(figures.latencies.end(), of_thread.begin(), of_thread.end());
}

double percentile(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

void print_row(std::size_t threads, const Way& way, Figures& figures, Figures& direct) {
  const auto rate = [](const Figures& f) { return static_cast<double>(f.latencies.size()) / f.seconds; };
  const auto cpu = [](const Figures& f) { return 1e6 * f.cpu_seconds / static_cast<double>(f.latencies.size()); };
  std::printf("| %zu | %s | %.0f | %.2f | %.0f | %.0f | %.1f | %.2f |\n", threads, way.name.c_str(), rate(figures),
              rate(figures) / rate(direct), percentile(figures.latencies, 0.5), percentile(figures.latencies, 0.99),
              cpu(figures), cpu(figures) / cpu(direct));
}

/// The ways by turns, so that what else the machine does falls on all of them.
void compare(const std::vector<Way>& ways, const std::vector<Features>& messages, double seconds,
             TorchBackend& backend) {
  std::printf(
      "| threads | way | messages/s | ratio | p50 us | p99 us | CPU us/message | ratio |\n"
      "|---:|---|---:|---:|---:|---:|---:|---:|\n");
  for (const std::size_t threads : kThreadCounts) {
    std::vector<Figures> figures(ways.size());
    for (std::size_t round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < ways.size(); ++i)
        measure(ways[i], messages, threads, seconds / kRounds, backend, figures[i]);
    }
    for (Figures& of_way : figures) std::sort(of_way.latencies.begin(), of_way.latencies.end());
    for (std::size_t i = 0; i < ways.size(); ++i) print_row(threads, ways[i], figures[i], figures[0]);
  }
}

std::optional<LoadedModel> load_copies(const std::string& file, std::size_t copies) {
  EngineSettings settings;
  settings.model = file;
  settings.device = "cpu";
  settings.replicas = copies;
  Diagnostics problems;
  auto loaded = load_model(settings, problems);
  if (!loaded) std::fputs(problems.to_string().c_str(), stderr);
  return loaded;
}

int run(const std::string& file, double seconds) {
  auto own = load_copies(file, kMostThreads), queued = load_copies(file, 4), shared = load_copies(file, 1),
       served = load_copies(file, 1);
  std::string error;
  TorchBackend* backend = load_torch_backend(error);
  if (!own || !queued || !shared || !served || backend == nullptr) return 1;

  std::printf("%s, %s\n\n", shared->manifest.name.c_str(), shared->forms[0].c_str());
  BatchSettings settings;
  settings.labels = queued->manifest.labels.size();
  const auto batcher_of = [&, backend](std::size_t first, std::size_t count) {
    std::vector<std::unique_ptr<Model>> models;
    for (std::size_t i = first; i < first + count; ++i)
      models.push_back(std::make_unique<Queued>(std::move(queued->replicas[i])));
    return make_batcher(std::move(models), settings, [backend] { backend->enter_inference_thread(); });
  };
  const auto as_served =
      make_batcher(std::move(served->replicas), settings, [backend] { backend->enter_inference_thread(); });
  const auto one = batcher_of(0, 1), two = batcher_of(1, 2), behind = batcher_of(3, 1);
  Model& model = *shared->replicas[0];  // on the CPU its run() may be shared while none fails
  std::mutex lock, inline_slot;
  const auto hybrid = [&](std::size_t, const Features& message) {
    if (behind->queue_length() > 0 || !inline_slot.try_lock()) return judge_by(*behind, message);
    const std::lock_guard slot(inline_slot, std::adopt_lock);
    judge_alone(model, message);
  };
  const std::vector<Way> ways = {
      {"a forward per message, one module", [&](std::size_t, const Features& m) { judge_alone(model, m); }},
      {"the same behind a lock",
       [&](std::size_t, const Features& m) {
         const std::lock_guard alone(lock);
         judge_alone(model, m);
       }},
      {"a module per thread", [&](std::size_t thread, const Features& m) { judge_alone(*own->replicas[thread], m); }},
      {"the caller when idle, else a queue", hybrid},
      {"as it serves mail", [&](std::size_t, const Features& m) { judge_by(*as_served, m); }},
      {"queue, 1 replica", [&](std::size_t, const Features& m) { judge_by(*one, m); }},
      {"queue, 2 replicas", [&](std::size_t, const Features& m) { judge_by(*two, m); }}};
  compare(ways, invent_messages(shared->manifest), seconds, *backend);
  return 0;
}

}  // namespace
}  // namespace winnow

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : WINNOW_SOURCE_DIR "/models/default.pt";
  return winnow::run(file, argc > 2 ? std::atof(argv[2]) : 1.0);
}
