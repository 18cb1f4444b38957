#include "tests/models/temp_folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <clocale>
#include <fstream>

namespace winnow::test {

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "winnow-models-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempFolder::write(const std::filesystem::path& name, std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

std::filesystem::path TempFolder::write_tar(const std::string& name,
                                            const std::vector<std::pair<std::string, std::string>>& members) const {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // names of all letters; the readers run in the locale "C"
  archive* out = archive_write_new();
  archive_write_set_format_pax_restricted(out);
  if (name.ends_with(".gz")) archive_write_add_filter_gzip(out);
  if (name.ends_with(".zst")) archive_write_add_filter_zstd(out);
  const std::filesystem::path file = path_ / name;
  EXPECT_EQ(archive_write_open_filename(out, file.c_str()), ARCHIVE_OK);
  for (const auto& [member, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, member.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(out, bytes.data(), bytes.size()), static_cast<la_ssize_t>(bytes.size()));
    archive_entry_free(entry);
  }
  archive_write_free(out);
  std::setlocale(LC_CTYPE, "C");
  return file;
}

}  // namespace winnow::test
