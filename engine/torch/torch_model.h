// torch_model.h - a TorchScript archive as a Model.
//
// Owns:    the Model owns the frozen module, which shares nothing with the archive's bytes.
// Threads: see engine/model.h.
// Fails:   a failed Status; nothing throws.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/model.h"
#include "engine/status.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// Scan, load onto the CPU, operator allow-list, shape of forward(); nothing of the module has run then.
Status load_checked_module(std::string_view archive, torch::jit::Module& module);

/// The same, then prepare() and freeze on the device.
Status load_torch_model(std::string_view archive, const std::string& device, std::unique_ptr<Model>& model);

}  // namespace winnow
