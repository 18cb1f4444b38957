// whole_file.h - files that are there completely or not at all.
//
// Blocks:  reads or writes one file; write waits until it is on disk.
// Fails:   one sentence in the Status.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/status.h"

namespace winnow {

/// By a temporary file beside it and a rename; mode 0644.
Status write_whole_file(const std::filesystem::path& file, std::string_view bytes);
Status read_whole_file(const std::filesystem::path& file, std::string& bytes);

}  // namespace winnow
