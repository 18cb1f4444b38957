// mail_archive.h - the messages of a tar archive, compressed or not, read in one pass.
//
// Blocks:  reads the archive to its end, unless take ends it.
// Fails:   one Diagnostic that names the archive; what came before the damage was already handed over.
// Units:   of a member at most max_bytes are kept in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "config/diagnostics.h"
#include "engine/message/mail_input.h"

namespace winnow {

/// By its name: .tar, .tar.zst, .tar.gz, .tgz, .tar.bz2, .tar.xz.
bool is_mail_archive(const std::filesystem::path& file);

struct ArchiveReader {
  std::function<bool(const std::string& member)> wants;
  std::function<bool(const std::string& member, MailInput&& mail)> take;  // false ends the reading
};

/// Regular members in the archive's order; a leading "./" of their names is dropped. False when take ended
/// it.
bool read_mail_archive(const std::filesystem::path& file, std::uint64_t max_bytes, const ArchiveReader& reader,
                       Diagnostics& problems);

}  // namespace winnow
