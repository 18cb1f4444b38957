#include "energy_counter.h"

#include <dlfcn.h>

namespace winnow {

EnergyCounter::EnergyCounter() {
  void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  const auto init = reinterpret_cast<int (*)()>(dlsym(library, "nvmlInit_v2"));
  const auto by_index = reinterpret_cast<int (*)(unsigned, void**)>(dlsym(library, "nvmlDeviceGetHandleByIndex_v2"));
  const auto name_of = reinterpret_cast<int (*)(void*, char*, unsigned)>(dlsym(library, "nvmlDeviceGetName"));
  const auto energy = reinterpret_cast<EnergyFunction>(dlsym(library, "nvmlDeviceGetTotalEnergyConsumption"));
  if (init == nullptr || by_index == nullptr || name_of == nullptr || energy == nullptr) return;
  char name[96] = "";
  if (init() != 0 || by_index(0, &device_) != 0 || name_of(device_, name, sizeof name) != 0) return;
  name_ = name;
  total_energy_ = energy;
}

std::optional<double> EnergyCounter::joules() const {
  unsigned long long millijoules = 0;
  if (total_energy_ == nullptr || total_energy_(device_, &millijoules) != 0) return std::nullopt;
  return 1e-3 * static_cast<double>(millijoules);
}

}  // namespace winnow
