// text_file.h - the bytes of a small file a person wrote.
//
// Blocks:  for reading; never on a pipe or a device, which are refused.
// Fails:   nullopt, and why in one phrase.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace winnow {

/// At most max_bytes; a larger file is refused.
std::optional<std::string> read_text_file(const std::filesystem::path& file, std::size_t max_bytes,
                                          std::string& why_not);

}  // namespace winnow
