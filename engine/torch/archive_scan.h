// archive_scan.h - looks through a TorchScript archive without running anything of it.
//
// Fails:   a failed Status with one sentence of what is wrong or not allowed; any bytes are safe input as far as
//          LibTorch's zip reader is (it sees them only after the zip directory has been checked).
#pragma once

#include <string_view>

#include "engine/status.h"
#include "engine/torch_backend.h"

namespace winnow {

/// Record list, record sizes, code that would run at load (__setstate__), foreign C++ classes; reads the manifest.
Status scan_archive(std::string_view archive, ModelInspection& inspection);

}  // namespace winnow
