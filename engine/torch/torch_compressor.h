// torch_compressor.h - a model of the default architecture, unpacked, to be written in other forms.
//
// Fails:   a failed Status; nothing throws.
#pragma once

#include <memory>
#include <string_view>

#include "engine/compressor.h"
#include "engine/status.h"

namespace winnow {

/// Loads with the checks of any model; then only takes what this plugin's own forward() computes.
Status make_torch_compressor(std::string_view archive, std::unique_ptr<Compressor>& compressor);

}  // namespace winnow
