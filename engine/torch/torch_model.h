// torch_model.h - a TorchScript archive as a Model.
//
// Owns:    the Model owns the frozen module, which shares nothing with the archive's bytes.
// Threads: see engine/model.h.
// Fails:   a failed Status; nothing throws.
#pragma once

#include <memory>
#include <string_view>

#include "engine/model.h"
#include "engine/status.h"
#include "engine/torch_backend.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// Scan, load onto the CPU, operator allow-list, shape of forward(); nothing of the module has run then.
Status load_checked_module(std::string_view archive, torch::jit::Module& module);

/// The same; then prepare(), its parts or the whole onto the devices, freeze, and the probe's answers held against those
/// of the module as it was loaded: within 1e-5 on the CPU, 1e-3 on a GPU, 2e-2 in half precision, of an answer or of 1.
Status load_torch_model(std::string_view archive, const Placement& placement, std::unique_ptr<Model>& model);

}  // namespace winnow
