// attachments.h - what a file is, by its name and by its first octets.
//
// Threads: any.
// Fails:   never.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// "pdf", "zip", "rar", "7z", "gzip", "exe", "elf", "ole", "rtf", "html", "script", "image", "iso", "lnk",
/// "text"; "" for what is not known.
std::string magic_type(std::string_view first_octets);

/// Without the dots and blanks at its end, which Windows drops when the file is stored: "invoice.exe. " runs as invoice.exe.
std::string_view name_as_stored(std::string_view name);

/// Lower case, without the dot: "report.PDF" -> "pdf"; "" when there is none or it is no extension (over 10
/// octets).
std::string file_extension(std::string_view name);

}  // namespace winnow
