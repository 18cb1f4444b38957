#include "engine/probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

namespace winnow {
namespace {

constexpr std::size_t kProbeTokens = 64;  // of each message
constexpr int kWarmUpRuns = 3;            // LibTorch's executor has settled by then
constexpr std::chrono::seconds kWarmUpTime{2};

Status check_answers(const std::vector<float>& logits, const Manifest& manifest, std::size_t messages) {
  const std::size_t labels = manifest.labels.size(), expected = messages * labels;
  if (logits.size() != expected)
    return Status::failed("answered " + std::to_string(logits.size()) + " numbers to a probe, " +
                          std::to_string(expected) + " expected (its manifest names " + std::to_string(labels) +
                          " labels)");
  if (!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }))
    return Status::failed("answered a probe with something that is not a number");
  return Status::ok();
}

/// Once, and again until LibTorch's executor has settled or `enough`.
Status probe_size(Model& model, const Manifest& manifest, std::size_t messages,
                  std::chrono::steady_clock::time_point enough) {
  const TokenBatch batch = probe_batch(manifest, messages);
  for (int i = 0; i < kWarmUpRuns && (i == 0 || std::chrono::steady_clock::now() < enough); ++i) {
    std::vector<float> logits;
    if (const Status status = model.run(batch, logits); !status)
      return Status::failed("failed on a probe of " + std::to_string(messages) + " messages: " + status.error());
    if (Status status = check_answers(logits, manifest, messages); !status) return status;
  }
  return Status::ok();
}

}  // namespace

TokenBatch probe_batch(const Manifest& manifest, std::size_t messages) {
  TokenBatch batch;
  std::vector<std::int64_t> tokens;
  const std::vector<float> dense(manifest.dense_names.size(), 0.5f);
  for (std::size_t message = 0; message < messages; ++message) {
    batch.add(tokens, std::vector<float>(tokens.size(), 1.0f / kProbeTokens), dense);
    tokens.clear();
    for (std::size_t i = 0; i < kProbeTokens; ++i)
      tokens.push_back(static_cast<std::int64_t>((message + 1) * 2654435761u * (i + 1) % manifest.table_size));
  }
  return batch;
}

std::vector<std::size_t> probe_sizes(std::size_t max_batch_size) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size < max_batch_size; size *= 2) sizes.push_back(size);
  sizes.push_back(max_batch_size);
  return sizes;
}

Status probe(Model& model, const Manifest& manifest, std::size_t max_batch_size) {
  const auto enough = std::chrono::steady_clock::now() + kWarmUpTime;
  for (const std::size_t messages : probe_sizes(max_batch_size)) {
    const bool at_an_end = messages == 1 || messages == max_batch_size;
    if (!at_an_end && std::chrono::steady_clock::now() > enough) continue;
    if (Status status = probe_size(model, manifest, messages, enough); !status) return status;
  }
  return Status::ok();
}

}  // namespace winnow
