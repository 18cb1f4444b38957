#include "bandwidth.h"

#include <torch/cuda.h>
#include <torch/torch.h>

#include <chrono>
#include <functional>

#include "engine/torch/packed_inputs.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kBytes = std::int64_t{256} << 20;  // beyond any cache
constexpr double kSeconds = 0.5;                          // of each measurement

void finish(const torch::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

/// Mean seconds of one `step`, all of whose work is waited for at the end.
double seconds_of(const torch::Device& device, const std::function<void()>& step) {
  for (int i = 0; i < 3; ++i) step();
  finish(device);
  const auto begin = Clock::now();
  double seconds = 0;
  std::size_t steps = 0;
  while (seconds < kSeconds) {
    for (int i = 0; i < 4; ++i) step();
    steps += 4;
    finish(device);
    seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return seconds / static_cast<double>(steps);
}

}  // namespace

double copy_bandwidth(const std::string& name) {
  const torch::Device device(name);
  const torch::Tensor host = torch::ones({kBytes}, torch::TensorOptions(torch::kByte).pinned_memory(device.is_cuda()));
  torch::Tensor there = torch::empty({kBytes}, torch::TensorOptions(torch::kByte).device(device));
  return static_cast<double>(kBytes) / seconds_of(device, [&] { there.copy_(host, /*non_blocking=*/true); });
}

double memory_bandwidth(const std::string& name) {
  const torch::Device device(name);
  const torch::Tensor from = torch::ones({kBytes}, torch::TensorOptions(torch::kByte).device(device));
  torch::Tensor to = torch::empty_like(from);
  return 2 * static_cast<double>(kBytes) / seconds_of(device, [&] { to.copy_(from, /*non_blocking=*/true); });
}

double seconds_to_place(const TokenBatch& batch, const std::string& name) {
  const torch::Device device(name);
  if (device.is_cpu()) return 0;
  PackedInputs inputs(device, HostMemory::Pinned);
  return seconds_of(device, [&] {
    inputs.place(batch);
    finish(device);
  });
}

}  // namespace winnow
