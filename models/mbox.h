// mbox.h - the messages of an mbox file.
//
// Blocks:  reads the file in one pass.
// Fails:   one Diagnostic that names the file.
// Units:   of a message at most max_bytes are kept in memory.
// Source:  RFC 4155; quoting is undone as mboxrd does it: one '>' is taken from lines of '>'s followed by "From ".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "config/diagnostics.h"
#include "engine/message/mail_input.h"

namespace winnow {

/// True when the file begins with "From ".
bool is_mbox(const std::filesystem::path& file);

/// True when it does and another separator, with a date or bare, follows: a folder of Thunderbird, mutt or Dovecot, which have
/// no ending.
bool holds_several_messages(const std::filesystem::path& file);

/// The same for text in memory.
bool text_holds_several_messages(const std::string& text);

/// `take` gets the message and its number, from 1; returning false ends the reading. False when take ended
/// it.
bool read_mbox(const std::filesystem::path& file, std::uint64_t max_bytes, Diagnostics& problems,
               const std::function<bool(std::size_t number, MailInput&& mail)>& take);

}  // namespace winnow
