// gpu_energy.h - the energy counters of the GPUs that this process computes on, by NVIDIA's management library (NVML).
//
// Owns:    load_nvml() opens libnvidia-ml.so.1 and keeps it for the life of the process.
// Threads: one at a time.
// Blocks:  for calls of the driver.
// Fails:   load_nvml answers nullopt without library or driver; make_gpu_counter null when no GPU counts its energy (Volta and
//          later do).
// Source:  NVML API Reference: nvmlDeviceGetTotalEnergyConsumption, nvmlDeviceGetComputeRunningProcesses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "milter/energy_counter.h"

namespace winnow {

/// What is asked of NVML; tests give answers of their own. GPUs are numbered from 0, not always as CUDA numbers them.
struct GpuFunctions {
  std::function<unsigned()> count;
  std::function<bool(unsigned gpu)> runs_this_process;
  std::function<std::optional<std::uint64_t>(unsigned gpu)> millijoules;  // since the driver was loaded
};

std::optional<GpuFunctions> load_nvml();

/// Counts whole GPUs, whoever uses them: those that run this process, or all that can be seen when the driver knows none
/// of its processes by their number, as in a container.
std::unique_ptr<EnergyCounter> make_gpu_counter(GpuFunctions functions);

/// The counter for a model on `device`; null when there is none.
using OpenCounter = std::function<std::unique_ptr<EnergyCounter>(const std::string& device)>;

/// Counts where the model is: a reload may move it, and `device` tells where to. The counter is opened anew whenever the
/// answer changes.
std::unique_ptr<EnergyCounter> make_following_counter(std::function<std::string()> device, OpenCounter open);

}  // namespace winnow
