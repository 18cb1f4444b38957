#include "milter/energy_meter.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

#include "milter/process_usage.h"

namespace winnow {
namespace {

// /proc/stat counts ticks of 10 ms: over less than this the share would be chance.
constexpr double kShortestShared = 0.1;  // seconds of the machine's processor time

}  // namespace

std::string_view source_name(const EnergyTotals& totals) {
  const bool gpus = totals.nvml > 0;
  if (totals.estimate > 0) return gpus ? "estimated and NVML" : "estimated";
  if (totals.rapl > 0) return gpus ? "RAPL and NVML" : "RAPL";
  return gpus ? "NVML" : "none";
}

std::optional<CpuTimes> cpu_times_of(int process) {
  const std::optional<double> own = cpu_seconds_of(process);
  if (!own) return std::nullopt;
  return CpuTimes{*own, machine_cpu_seconds().value_or(0)};
}

EnergyMeter::EnergyMeter(EnergyInputs inputs) : inputs_(std::move(inputs)) {
  const MutexLock lock(mutex_);
  last_ = inputs_.cpu().value_or(CpuTimes{});
}

EnergyTotals EnergyMeter::sample() {
  const MutexLock lock(mutex_);
  if (inputs_.gpus) totals_.nvml += inputs_.gpus->take_joules().value_or(0);
  if (const std::optional<CpuTimes> now = inputs_.cpu()) {
    count_packages({std::max(0.0, now->own - last_.own), std::max(0.0, now->machine - last_.machine)});
  }
  return totals_;
}

/// `used` since the interval began that was counted last.
void EnergyMeter::count_packages(const CpuTimes& used) {
  const std::optional<double> joules = inputs_.packages ? inputs_.packages->take_joules() : std::nullopt;
  if (joules) {
    pending_ += *joules;
    if (used.machine < kShortestShared) return;
    totals_.rapl += pending_ * std::min(1.0, used.own / used.machine);
  } else {
    totals_.estimate += used.own * inputs_.watts_per_core();
  }
  pending_ = 0;
  last_ = {last_.own + used.own, last_.machine + used.machine};
}

void EnergyMeter::try_sample() {
  try {
    sample();
  } catch (const std::exception&) {
    // Memory ran out, most likely. Mail is worth more than its statistics; the next sample counts what this one did not.
  }
}

void EnergyMeter::keep_sampling(std::chrono::milliseconds interval) {
  sampler_ = std::jthread([this, interval](const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any stopped;
    const MutexLock lock(mutex);
    while (!stopped.wait_for(mutex, stop, interval, [&stop] { return stop.stop_requested(); })) try_sample();
  });
}

}  // namespace winnow
