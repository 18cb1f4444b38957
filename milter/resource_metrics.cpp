#include "milter/resource_metrics.h"

#include <chrono>
#include <utility>

#include "milter/energy_meter.h"
#include "milter/gpu_energy.h"
#include "milter/process_usage.h"
#include "milter/prometheus_text.h"
#include "milter/rapl.h"

namespace winnow {
namespace {

double unix_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::unique_ptr<EnergyCounter> open_gpus(const std::string& device) {
  if (!device.starts_with("cuda")) return nullptr;
  auto functions = load_nvml();
  return functions ? make_gpu_counter(std::move(*functions)) : nullptr;
}

EnergyInputs energy_inputs(const std::function<CostSettings()>& cost, std::function<std::string()> device) {
  return {open_rapl(), make_following_counter(std::move(device), open_gpus), [] { return cpu_times_of(0); },
          [cost] { return cost().watts_per_core; }};
}

class LinuxResourceMetrics : public ResourceMetrics {
 public:
  LinuxResourceMetrics(std::function<CostSettings()> cost, std::function<std::string()> device)
      : cost_(std::move(cost)), meter_(energy_inputs(cost_, std::move(device))) {
    meter_.keep_sampling();
  }

  std::string text() override { return process_text() + energy_text(meter_.sample()) + price_text(cost_()); }

 private:
  std::string process_text() const {
    const std::optional<ProcessUsage> usage = usage_of(0);
    if (!usage) return "";
    return family("process_cpu_seconds_total", "counter", "Processor time of the process") +
           sample("process_cpu_seconds_total", usage->cpu_seconds) +
           family("process_resident_memory_bytes", "gauge", "Resident memory of the process") +
           sample("process_resident_memory_bytes", static_cast<double>(usage->resident_bytes)) +
           family("process_start_time_seconds", "gauge", "When the process began to take mail, as Unix time") +
           sample("process_start_time_seconds", started_) +
           family("winnow_cpu_seconds_total", "counter", "Processor time since mail is taken, without the start") +
           sample("winnow_cpu_seconds_total", usage->cpu_seconds - cpu_of_start_);
  }

  static std::string energy_text(const EnergyTotals& energy) {
    return family("winnow_energy_joules_total", "counter",
                  "Energy since mail is taken; estimate is processor time x cost.watts_per_core") +
           sample("winnow_energy_joules_total{source=\"rapl\"}", energy.rapl) +
           sample("winnow_energy_joules_total{source=\"nvml\"}", energy.nvml) +
           sample("winnow_energy_joules_total{source=\"estimate\"}", energy.estimate);
  }

  static std::string price_text(const CostSettings& cost) {
    return family("winnow_energy_price_per_kwh", "gauge", "cost.price_per_kwh of the settings") +
           sample("winnow_energy_price_per_kwh{currency=\"" + cost.currency + "\"}", cost.price_per_kwh) +
           family("winnow_energy_gco2e_per_kwh", "gauge", "cost.gco2e_per_kwh of the settings") +
           sample("winnow_energy_gco2e_per_kwh", cost.gco2e_per_kwh);
  }

  const std::function<CostSettings()> cost_;
  const double started_ = unix_time();
  const double cpu_of_start_ = cpu_seconds_of(0).value_or(0);
  EnergyMeter meter_;
};

}  // namespace

std::unique_ptr<ResourceMetrics> make_resource_metrics(std::function<CostSettings()> cost,
                                                       std::function<std::string()> device) {
  return std::make_unique<LinuxResourceMetrics>(std::move(cost), std::move(device));
}

}  // namespace winnow
