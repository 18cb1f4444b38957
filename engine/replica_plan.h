// replica_plan.h - how many copies of a model run, and on which devices.
//
// Owns:    plain values.
// Fails:   a failed Status of one sentence when the settings ask for what the machine does not have.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/settings.h"
#include "engine/status.h"

namespace winnow {

struct Hardware {
  std::size_t gpus = 0;  // that LibTorch sees
  std::size_t cores = 1;
};

/// One replica: a device; of a model in parts several, over which it is spread.
using ReplicaDevices = std::vector<std::string>;

enum class ModelShape { Whole, InParts };

/// A model in parts is spread over all devices named; any other runs on one device per replica.
Status plan_replicas(const EngineSettings& settings, const Hardware& hardware, ModelShape shape,
                     std::vector<ReplicaDevices>& replicas);

/// Whether GPUs are taken where they help. What stands in for a pool of servers is rarely asked: a GPU would wait in vain.
bool leaves_choice(const EngineSettings& settings);

bool is_gpu(const std::string& device);
/// Whether any of them is one.
bool uses_gpu(const ReplicaDevices& devices);

}  // namespace winnow
