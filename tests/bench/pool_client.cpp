// pool_client.cpp - batches of invented messages to one inference server, one after the other; the load of pool.py.
//
// usage: bench_pool URL json|binary MESSAGES_PER_BATCH BATCHES
// Prints one JSON object: messages, seconds, cpu_seconds (of this process), p50_us and p99_us (of a batch), bytes (of a request).
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "engine/features/features.h"
#include "engine/remote/remote_model.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kTokens = 2000;         // of a message
constexpr std::int64_t kTableSize = 1 << 19;  // of the shipped model
constexpr std::size_t kLabels = 2;

winnow::TokenBatch invented_batch(std::size_t messages) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> token(0, kTableSize - 1);
  std::uniform_real_distribution<float> weight(0.0f, 1.0f);
  winnow::TokenBatch batch;
  for (std::size_t i = 0; i < messages; ++i) {
    std::vector<std::int64_t> tokens(kTokens);
    std::vector<float> weights(kTokens), dense(winnow::dense_features().size());
    for (auto& one : tokens) one = token(random);
    for (auto& one : weights) one = weight(random);
    for (auto& one : dense) one = weight(random);
    batch.add(tokens, weights, dense);
  }
  return batch;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::shared_ptr<winnow::RemotePool> pool_of(const winnow::HttpUrl& url, winnow::TensorFormat format) {
  auto pool = std::make_shared<winnow::RemotePool>();
  pool->urls = {url};
  pool->model = "winnow";
  pool->timeout = std::chrono::seconds(60);
  pool->labels = kLabels;
  pool->turns = std::make_unique<winnow::ServerTurns>(1, format);
  return pool;
}

}  // namespace

int main(int argc, char** argv) {
  const auto url = argc == 5 ? winnow::parse_http_url(argv[1]) : std::nullopt;
  if (!url) return 2;
  const auto format = std::string(argv[2]) == "json" ? winnow::TensorFormat::Json : winnow::TensorFormat::Binary;
  const winnow::TokenBatch batch = invented_batch(std::strtoul(argv[3], nullptr, 10));
  const std::size_t batches = std::max(1ul, std::strtoul(argv[4], nullptr, 10));
  winnow::RemoteModel model(pool_of(*url, format));
  std::vector<float> logits;
  std::vector<double> latencies;
  const double cpu_start = cpu_seconds();
  const auto start = Clock::now();
  for (std::size_t i = 0; i < batches; ++i) {
    const auto sent = Clock::now();
    if (const auto status = model.run(batch, logits); !status) {
      std::fprintf(stderr, "%s\n", status.error().c_str());
      return 1;
    }
    latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const double cpu = cpu_seconds() - cpu_start;
  winnow::InferenceRequest request;
  (void)winnow::encode_request(batch, {}, format, request);
  std::sort(latencies.begin(), latencies.end());
  std::printf(R"({"messages":%zu,"seconds":%.6f,"cpu_seconds":%.6f,"p50_us":%.0f,"p99_us":%.0f,"bytes":%zu})"
              "\n",
              batches * batch.messages, seconds, cpu, latencies[latencies.size() / 2],
              latencies[latencies.size() * 99 / 100], request.body.size());
}
