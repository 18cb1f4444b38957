// output_files.h - whether what a command is to write would take the place of something that is needed still.
//
// Owns:    plain values.
// Blocks:  asks the file system.
// Fails:   never.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/labelled_mail.h"

namespace winnow {

struct OutputFile {
  std::string option;          // "--report"; what it is called in the sentence
  std::filesystem::path file;  // "" = not wanted
};

/// "--report would replace M.pt: give another name" when an output is the mail that is read, another input or an output before
/// it; "" when nothing is wrong. Devices and pipes are replaced by nothing.
std::string wrong_about_outputs(const std::vector<OutputFile>& outputs, const std::vector<MailSource>& mail,
                                const std::vector<std::filesystem::path>& inputs);

}  // namespace winnow
