// zip_directory.h - the list of records in a zip archive, before anything unpacks it.
//
// Owns:    plain values.
// Fails:   returns nullopt and one sentence in `error`; any bytes are safe input.
// Source:  PKWARE APPNOTE 6.3.9: 4.3.12 central directory, 4.3.16 end record, 4.3.14/15 and 4.5.3 Zip64, 4.3.7 local header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

struct ZipRecord {
  std::string name;
  bool compressed = false;
  std::uint64_t stored_size = 0;  // in the archive
  std::uint64_t unpacked_size = 0;
  std::uint64_t header_at = 0;  // of its own header, which its bytes follow
};

std::optional<std::vector<ZipRecord>> read_zip_directory(std::string_view archive, std::size_t max_records,
                                                         std::string& error);

/// The bytes of a record that is not compressed; nullopt when they do not lie within the archive.
std::optional<std::string_view> stored_bytes(std::string_view archive, const ZipRecord& record);

}  // namespace winnow
