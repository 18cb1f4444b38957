// output_files.h - whether what a command is to write would take the place of something that is needed still.
//
// Owns:    plain values.
// Blocks:  asks the file system.
// Fails:   never.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace winnow {

struct OutputFile {
  std::string option;          // "--report"; what it is called in the sentence
  std::filesystem::path file;  // "" = not wanted
};

/// "--report would replace M.pt: give another name" when an output is one of the inputs or an output before it; "" when
/// nothing is wrong. Devices and pipes are replaced by nothing.
std::string wrong_about_outputs(const std::vector<OutputFile>& outputs,
                                const std::vector<std::filesystem::path>& inputs);

}  // namespace winnow
