// resource_metrics.h - what the daemon itself uses, in the Prometheus text format: processor time, memory, energy.
//
// Owns:    its energy meter, with that one's thread.
// Threads: text() from any thread.
// Blocks:  for reads of /proc, /sys and the GPU's driver.
// Fails:   never; what cannot be read is left out.
// Units:   seconds, bytes, joules, as the names say.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/settings.h"

namespace winnow {

class ResourceMetrics {
 public:
  virtual ~ResourceMetrics() = default;
  virtual std::string text() = 0;
};

/// From here on processor time and energy count as those of mail: starting has come before. `cost` tells what is set now,
/// and `device` where the model runs now, as Engine::device() does: GPUs are asked for their energy while it is on one.
std::unique_ptr<ResourceMetrics> make_resource_metrics(std::function<CostSettings()> cost,
                                                       std::function<std::string()> device);

}  // namespace winnow
