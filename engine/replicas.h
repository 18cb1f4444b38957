// replicas.h - the copies of a checked model that serve mail: each probed, those on GPUs with a stand-in on the CPU.
//
// Owns:    the Models it makes own what they need; a replica on a GPU keeps the way back to its file.
// Blocks:  loads and probes each copy.
// Fails:   a failed Status of one sentence; then none of them is to be used.
//
// A GPU that fails costs no message: the CPU answers (stand_in_cause() "device") while the replica is made anew from the
// same file. An error that spoils the process's whole CUDA context lasts until the daemon starts again.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "engine/manifest.h"
#include "engine/model.h"
#include "engine/model_file.h"
#include "engine/rebuilt_model.h"
#include "engine/replica_plan.h"
#include "engine/status.h"
#include "engine/torch_backend.h"

namespace winnow {

struct Replicas {
  std::vector<std::unique_ptr<Model>> models;
  std::vector<std::string> forms;  // of each, for people: "cpu, frozen"
  std::shared_ptr<RebuildCounts> rebuilds = std::make_shared<RebuildCounts>();
};

/// `device: auto` takes no GPU for a model that the CPU computes without a queue (Model::runs_side_by_side()): the default
/// architecture takes 6 to 14 us there, and a call of a GPU 150 (docs/performance.md).
/// `file` was read from settings.model; `manifest` is its own, checked.
Status load_replicas(TorchBackend& backend, const ModelFile& file, const Manifest& manifest,
                     const EngineSettings& settings, const Hardware& hardware, Replicas& replicas);

}  // namespace winnow
