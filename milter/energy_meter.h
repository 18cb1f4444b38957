// energy_meter.h - the energy that a process uses: read from counters where there are some, else estimated.
//
// Owns:    its counters, and the thread of keep_sampling().
// Threads: sample() from any thread; keep_sampling() once, by the owner.
// Blocks:  for reads of the counters; the destructor until its thread has ended.
// Fails:   an interval whose package counter cannot be read is estimated from processor time. sample() throws what the
//          inputs throw; keep_sampling() leaves such a sample out.
// Units:   joules, seconds of processor time.
//
// Of the packages' energy the process gets its share of the machine's busy processor time, idle power included: a machine
// that does nothing else is all the process's. A GPU's energy is taken as it is.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "engine/thread_annotations.h"
#include "milter/energy_counter.h"

namespace winnow {

/// Joules by where the figure is from. Each joule is in one of them only, so they add up.
struct EnergyTotals {
  double rapl = 0, nvml = 0, estimate = 0;

  double joules() const { return rapl + nvml + estimate; }
};

/// "RAPL", "RAPL and NVML", "estimated": where the figures are from, estimated when any of them is.
std::string_view source_name(const EnergyTotals& totals);

/// Both since some moment in the past.
struct CpuTimes {
  double own = 0;      // of the process
  double machine = 0;  // of all processes
};

struct EnergyInputs {
  std::unique_ptr<EnergyCounter> packages, gpus;  // null where there are none
  std::function<std::optional<CpuTimes>()> cpu;
  std::function<double()> watts_per_core;  // for the estimate
};

/// The processor time of a process, 0 for the calling one, and of the machine it runs on.
std::optional<CpuTimes> cpu_times_of(int process);

class EnergyMeter {
 public:
  explicit EnergyMeter(EnergyInputs inputs);

  /// What was used until now, since the meter was made.
  EnergyTotals sample() EXCLUDES(mutex_);
  /// Samples by itself, so that no counter wraps unseen and each share is that of a short time.
  void keep_sampling(std::chrono::milliseconds interval = std::chrono::seconds(10));

 private:
  void try_sample() EXCLUDES(mutex_);
  void count_packages(const CpuTimes& used) REQUIRES(mutex_);

  const EnergyInputs inputs_;
  Mutex mutex_;
  CpuTimes last_ GUARDED_BY(mutex_);
  double pending_ GUARDED_BY(mutex_) = 0;  // joules of the packages of an interval too short to be shared
  EnergyTotals totals_ GUARDED_BY(mutex_);
  std::jthread sampler_;  // last: it uses all the others
};

}  // namespace winnow
