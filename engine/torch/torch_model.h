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

namespace winnow {

/// Scan, load, operator allow-list, prepare(), freeze; in this order.
Status load_torch_model(std::string_view archive, const std::string& device, std::unique_ptr<Model>& model);

}  // namespace winnow
