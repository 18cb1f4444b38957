#include "cli/output_files.h"

#include <system_error>

#include "models/card_file.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;

bool would_be_replaced(const fs::path& file) {
  std::error_code failed;
  return !file.empty() && (!fs::exists(file, failed) || fs::is_regular_file(file, failed));
}

}  // namespace

std::string wrong_about_outputs(const std::vector<OutputFile>& outputs, const std::vector<MailSource>& mail,
                                const std::vector<fs::path>& inputs) {
  std::vector<fs::path> needed = inputs;
  for (const MailSource& source : mail) needed.push_back(source.path);
  for (const auto& [option, file] : outputs) {
    if (!would_be_replaced(file)) continue;
    for (const fs::path& other : needed) {
      if (!other.empty() && is_same_file(file, other))
        return option + " would replace " + other.string() + ": give another name";
    }
    needed.push_back(file);
  }
  return "";
}

}  // namespace winnow
