#include "config/text_file.h"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <vector>

#include "config/units.h"

namespace winnow {

std::optional<std::string> read_text_file(const std::filesystem::path& file, std::size_t max_bytes,
                                          std::string& why_not) {
  std::error_code failed;
  const auto status = std::filesystem::status(file, failed);
  if (!std::filesystem::is_regular_file(status)) {
    // A pipe or a device could block or never end.
    why_not = std::filesystem::exists(status)                          ? "not a regular file"
              : status.type() == std::filesystem::file_type::not_found ? "no such file"
                                                                       : failed.message();
    return std::nullopt;
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  std::vector<char> block(1u << 16);
  while (stream && text.size() <= max_bytes) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.is_open() || stream.bad()) {
    why_not = std::error_code(errno == 0 ? EIO : errno, std::generic_category()).message();
    return std::nullopt;
  }
  if (text.size() > max_bytes) {
    why_not = "the file is larger than " + format_size(max_bytes);
    return std::nullopt;
  }
  return text;
}

}  // namespace winnow
