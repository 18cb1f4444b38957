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

/// Where the model runs; only a GPU's energy is looked for.
enum class ModelPlace { Processor, Gpu };

/// From here on processor time and energy count as those of mail: starting has come before. `cost` tells what is set now.
std::unique_ptr<ResourceMetrics> make_resource_metrics(std::function<CostSettings()> cost, ModelPlace place);

}  // namespace winnow
