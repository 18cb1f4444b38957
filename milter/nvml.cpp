#include <dlfcn.h>
#include <unistd.h>

#include <vector>

#include "milter/gpu_energy.h"

namespace winnow {
namespace {

// As nvml.h declares them; the library is there only where the driver is.
using Device = struct DeviceHandle*;
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance, compute_instance;
};
constexpr int kSuccess = 0, kInsufficientSize = 7;
constexpr unsigned kMoreProcesses = 16;  // may start between the two calls

struct Nvml {
  int (*init)();
  int (*count)(unsigned*);
  int (*handle)(unsigned, Device*);
  int (*energy)(Device, unsigned long long*);
  int (*processes)(Device, unsigned*, ProcessInfo*);  // null before driver 510
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

std::optional<Device> device(const Nvml& nvml, unsigned gpu) {
  Device handle = nullptr;
  if (nvml.handle(gpu, &handle) != kSuccess) return std::nullopt;
  return handle;
}

bool runs_this_process(const Nvml& nvml, unsigned gpu) {
  const std::optional<Device> handle = device(nvml, gpu);
  if (!handle || nvml.processes == nullptr) return false;
  unsigned count = 0;
  const int asked = nvml.processes(*handle, &count, nullptr);
  if (asked != kSuccess && asked != kInsufficientSize) return false;
  std::vector<ProcessInfo> found(count += kMoreProcesses);
  if (nvml.processes(*handle, &count, found.data()) != kSuccess) return false;
  for (unsigned i = 0; i < count; ++i) {
    if (found[i].pid == static_cast<unsigned>(::getpid())) return true;
  }
  return false;
}

std::optional<std::uint64_t> millijoules(const Nvml& nvml, unsigned gpu) {
  const std::optional<Device> handle = device(nvml, gpu);
  unsigned long long total = 0;
  if (!handle || nvml.energy(*handle, &total) != kSuccess) return std::nullopt;
  return total;
}

}  // namespace

std::optional<GpuFunctions> load_nvml() {
  void* library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Nvml nvml{};
  const bool complete = find(library, "nvmlInit_v2", nvml.init) && find(library, "nvmlDeviceGetCount_v2", nvml.count) &&
                        find(library, "nvmlDeviceGetHandleByIndex_v2", nvml.handle) &&
                        find(library, "nvmlDeviceGetTotalEnergyConsumption", nvml.energy);
  find(library, "nvmlDeviceGetComputeRunningProcesses_v3", nvml.processes);
  if (!complete || nvml.init() != kSuccess) return std::nullopt;
  return GpuFunctions{.count =
                          [nvml] {
                            unsigned count = 0;
                            return nvml.count(&count) == kSuccess ? count : 0;
                          },
                      .runs_this_process = [nvml](unsigned gpu) { return runs_this_process(nvml, gpu); },
                      .millijoules = [nvml](unsigned gpu) { return millijoules(nvml, gpu); }};
}

}  // namespace winnow
