// whole_file.h - files that are there completely or not at all.
//
// Blocks:  reads or writes one file; write waits until it is on disk.
// Fails:   one sentence in the Status.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/status.h"

namespace winnow {

/// By a temporary file beside it and a rename. A link stays, and what it points to is replaced; what is no regular file (a
/// device, a FIFO, /dev/stdout whatever it is) is written to straight.
Status write_whole_file(const std::filesystem::path& file, std::string_view bytes);
/// The same with these parts one after the other, which need not be in memory as one.
Status write_joined_file(const std::filesystem::path& file, const std::vector<std::string_view>& parts);
/// The same with mode 0644 whatever the umask says: the daemon's user must read a model that another made.
Status write_public_file(const std::filesystem::path& file, std::string_view bytes);
/// The same with mode 0640: for the owner and the group alone.
Status write_group_file(const std::filesystem::path& file, std::string_view bytes);
/// Whether a file could be written there now, without doing it: to be told before long work and not after it.
Status check_writable(const std::filesystem::path& file);
Status read_whole_file(const std::filesystem::path& file, std::string& bytes);

}  // namespace winnow
