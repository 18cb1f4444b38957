// card_file.h - where the card of a model lies: beside it.
//
// Owns:    nothing.
// Blocks:  is_same_file() asks the file system.
// Fails:   never.
#pragma once

#include <filesystem>

namespace winnow {

/// site.pt -> site.md; of a name with any other ending the whole is kept: site-1.0 -> site-1.0.md.
std::filesystem::path card_of(const std::filesystem::path& model);

/// Whether both names are of one file, by whatever links; of one that is still to be written, by its name.
bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace winnow
