// temp_folder.h - a folder for one test, gone with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace winnow::test {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file below the folder, making folders on the way.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view text) const;
  /// Writes a tar archive, compressed as its name says (.tar, .tar.gz, .tar.zst).
  std::filesystem::path write_tar(const std::string& name,
                                  const std::vector<std::pair<std::string, std::string>>& members) const;

 private:
  std::filesystem::path path_;
};

}  // namespace winnow::test
