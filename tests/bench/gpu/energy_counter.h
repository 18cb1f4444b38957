// energy_counter.h - how much energy a GPU has used, by NVIDIA's management library, which is loaded when it is there.
//
// Owns:    the library stays loaded.
// Fails:   nullopt where there is no library, no GPU, or a GPU without counter (older than Volta).
// Units:   joules since the driver was loaded; the counter moves every 20 to 100 ms.
// Source:  NVML API reference, nvmlDeviceGetTotalEnergyConsumption.
#pragma once

#include <optional>
#include <string>

namespace winnow {

class EnergyCounter {
 public:
  /// Of NVML's first GPU, which is cuda:0 with CUDA_DEVICE_ORDER=PCI_BUS_ID.
  EnergyCounter();
  std::optional<double> joules() const;
  const std::string& gpu_name() const { return name_; }  // "" without one

 private:
  using EnergyFunction = int (*)(void* device, unsigned long long* millijoules);
  EnergyFunction total_energy_ = nullptr;
  void* device_ = nullptr;
  std::string name_;
};

}  // namespace winnow
