#include "engine/zip_directory.h"

namespace winnow {
namespace {

constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kEndRecord = 0x06054b50;
constexpr std::uint32_t kZip64Locator = 0x07064b50;
constexpr std::uint32_t kZip64EndRecord = 0x06064b50;
constexpr std::size_t kEndRecordSize = 22;
constexpr std::size_t kMaxCommentSize = 65535;
constexpr std::uint32_t kInZip64 = 0xffffffff;

/// Little-endian numbers at checked places: outside the archive everything reads as 0 and `good` turns false.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number(std::uint64_t at, unsigned width) {
    if (!holds(at, width)) return 0;
    std::uint64_t value = 0;
    for (unsigned i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }
  std::string_view text(std::uint64_t at, std::uint64_t length) {
    return holds(at, length) ? bytes_.substr(at, length) : std::string_view();
  }
  std::uint64_t size() const { return bytes_.size(); }
  bool good() const { return good_; }

 private:
  bool holds(std::uint64_t at, std::uint64_t length) {
    if (at > bytes_.size() || length > bytes_.size() - at) good_ = false;
    return good_;
  }
  std::string_view bytes_;
  bool good_ = true;
};

struct Directory {
  std::uint64_t records = 0;
  std::uint64_t offset = 0;
};

std::optional<std::uint64_t> find_end_record(Bytes& bytes) {
  if (bytes.size() < kEndRecordSize) return std::nullopt;
  const std::uint64_t last = bytes.size() - kEndRecordSize;
  const std::uint64_t first = last > kMaxCommentSize ? last - kMaxCommentSize : 0;
  for (std::uint64_t at = last + 1; at-- > first;) {
    if (bytes.number(at, 4) == kEndRecord) return at;
  }
  return std::nullopt;
}

Directory find_directory(Bytes& bytes, std::uint64_t end_record) {
  Directory directory{bytes.number(end_record + 10, 2), bytes.number(end_record + 16, 4)};
  if (end_record < 20 || bytes.number(end_record - 20, 4) != kZip64Locator) return directory;
  const std::uint64_t zip64 = bytes.number(end_record - 12, 8);
  if (bytes.number(zip64, 4) != kZip64EndRecord) return directory;
  return {bytes.number(zip64 + 32, 8), bytes.number(zip64 + 48, 8)};
}

/// Sizes that do not fit 32 bits stand in the extra field 0x0001, unpacked size first.
void read_zip64_sizes(Bytes& bytes, std::uint64_t extra, std::uint64_t length, ZipRecord& record) {
  const std::uint64_t end = extra + length;
  while (bytes.good() && extra + 4 <= end) {
    const std::uint64_t id = bytes.number(extra, 2), size = bytes.number(extra + 2, 2);
    if (id == 1) {
      std::uint64_t field = extra + 4;
      if (record.unpacked_size == kInZip64) {
        record.unpacked_size = bytes.number(field, 8);
        field += 8;
      }
      if (record.stored_size == kInZip64) record.stored_size = bytes.number(field, 8);
      return;
    }
    extra += 4 + size;
  }
}

ZipRecord read_record(Bytes& bytes, std::uint64_t& at) {
  ZipRecord record;
  record.compressed = bytes.number(at + 10, 2) != 0;
  record.stored_size = bytes.number(at + 20, 4);
  record.unpacked_size = bytes.number(at + 24, 4);
  record.header_at = bytes.number(at + 42, 4);
  const std::uint64_t name = bytes.number(at + 28, 2), extra = bytes.number(at + 30, 2);
  const std::uint64_t comment = bytes.number(at + 32, 2);
  record.name = bytes.text(at + 46, name);
  read_zip64_sizes(bytes, at + 46 + name, extra, record);
  at += 46 + name + extra + comment;
  return record;
}

}  // namespace

std::optional<std::vector<ZipRecord>> read_zip_directory(std::string_view archive, std::size_t max_records,
                                                         std::string& error) {
  Bytes bytes(archive);
  const auto end_record = find_end_record(bytes);
  if (!end_record) {
    error = "not a TorchScript archive (no zip directory; is the file complete?)";
    return std::nullopt;
  }
  const Directory directory = find_directory(bytes, *end_record);
  if (directory.records > max_records) {
    error = "the archive claims " + std::to_string(directory.records) + " records";
    return std::nullopt;
  }
  std::vector<ZipRecord> records;
  std::uint64_t at = directory.offset;
  for (std::uint64_t i = 0; i < directory.records && bytes.good(); ++i) {
    if (bytes.number(at, 4) != kCentralHeader) break;
    records.push_back(read_record(bytes, at));
  }
  if (!bytes.good() || records.size() != directory.records) {
    error = "damaged archive (broken zip directory)";
    return std::nullopt;
  }
  return records;
}

std::optional<std::string_view> stored_bytes(std::string_view archive, const ZipRecord& record) {
  Bytes bytes(archive);
  const std::uint64_t at = record.header_at;
  if (record.compressed || bytes.number(at, 4) != kLocalHeader) return std::nullopt;
  const std::uint64_t name = bytes.number(at + 26, 2), extra = bytes.number(at + 28, 2);
  const std::string_view content = bytes.text(at + 30 + name + extra, record.stored_size);
  return bytes.good() ? std::optional(content) : std::nullopt;
}

}  // namespace winnow
