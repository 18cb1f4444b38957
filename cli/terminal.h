// terminal.h - text that came from mail or file names, made fit for a terminal.
//
// Threads: from any thread.
// Fails:   never; octets that are not UTF-8 are shown as \xNN.
// Source:  engine/message/unseen.h says which characters are unfit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace winnow {

/// Printable text as it is; everything else as \n, \t, \xNN or \u{NNNN}. Line breaks stay with Keep, which is for
/// texts of our own that quote others.
enum class LineBreaks { Escape, Keep };
std::string escape_for_terminal(std::string_view text, LineBreaks breaks = LineBreaks::Keep);

/// Code points, what tables count as width.
std::size_t display_width(std::string_view utf8);

/// The first `width` code points, with "..." in place of what was cut.
std::string cut_to_width(const std::string& utf8, std::size_t width);

}  // namespace winnow
