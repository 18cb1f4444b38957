// model_file.h - a model file read once, from a file that only its owner can have written.
//
// Owns:    ModelFile owns the bytes.
// Blocks:  reads the file.
// Fails:   returns nullopt and one sentence in `error`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace winnow {

struct ModelFile {
  std::string bytes;
  std::string sha256;  // 64 hex digits, lower case
};

/// Opened once without following links; what was checked is what is read. A regular file up to 2 GiB, of root or of
/// this process' user, that neither group nor others may write; nor may others replace it in its folder.
std::optional<ModelFile> read_model_file(const std::filesystem::path& file, std::string& error);

std::string sha256_hex(std::string_view bytes);

}  // namespace winnow
