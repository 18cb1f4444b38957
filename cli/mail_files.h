// mail_files.h - the mail a command was pointed at: files, folders, Maildir, mbox, archives, "-" for standard input.
//
// Owns:    plain values; one message at a time is in memory.
// Blocks:  reads files.
// Fails:   a path that cannot be read is one Diagnostic; the others are still read. No mail at all is an error, too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/message/mail_input.h"

namespace winnow {

struct NamedMail {
  std::string name;  // the file, archive:member, or "-"
  MailInput input;
};

/// Calls `take` for every message, in the order of the paths; of each at most `max_bytes` are read.
void read_mail(const std::vector<std::filesystem::path>& paths, std::uint64_t max_bytes, Diagnostics& problems,
               const std::function<void(NamedMail&&)>& take);

}  // namespace winnow
