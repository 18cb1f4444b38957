#include "engine/torch/archive_scan.h"

#include <caffe2/serialize/inline_container.h>

#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/torch/guard.h"
#include "engine/torch/memory_reader.h"
#include "engine/zip_directory.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxRecords = 65536;
constexpr std::size_t kMaxNameLength = 512;
// Tensors are stored as they are, so only code and pickles are compressed; larger ones are bombs, not models.
constexpr std::uint64_t kMaxCompressedUnpacked = 64u << 20;
constexpr std::uint64_t kMaxUnpackedTogether = 256u << 20;
constexpr const char* kManifestRecord = "extra/winnow.json";

Status check_record(const ZipRecord& record, std::size_t archive_size) {
  if (record.name.size() > kMaxNameLength || record.name.find('\0') != std::string::npos)
    return Status::failed("the archive has a record with an impossible name");
  const std::uint64_t limit = record.compressed ? kMaxCompressedUnpacked : archive_size;
  if (record.unpacked_size > limit || record.stored_size > archive_size)
    return Status::failed("the archive's record '" + record.name + "' claims " + std::to_string(record.unpacked_size) +
                          " bytes");
  return Status::ok();
}

Status check_directory(std::string_view archive, std::set<std::string>& names) {
  std::string error;
  const auto records = read_zip_directory(archive, kMaxRecords, error);
  if (!records) return Status::failed(error);
  std::uint64_t unpacked = 0;
  for (const ZipRecord& record : *records) {
    if (Status status = check_record(record, archive.size()); !status) return status;
    if (record.compressed) unpacked += record.unpacked_size;
    if (unpacked > kMaxUnpackedTogether) return Status::failed("the archive unpacks to too many bytes");
    if (!names.insert(record.name).second)
      return Status::failed("the archive has two records named '" + record.name + "'");
  }
  return Status::ok();
}

/// LibTorch must see the very records that were checked: names in the zip are its names below one root folder.
Status check_same_records(const std::vector<std::string>& seen, const std::set<std::string>& checked) {
  std::set<std::string> below_root;
  for (const std::string& name : checked) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) return Status::failed("not a TorchScript archive (record '" + name + "')");
    below_root.insert(name.substr(slash + 1));
  }
  if (below_root.size() != checked.size() || std::set<std::string>(seen.begin(), seen.end()) != below_root)
    return Status::failed("the archive has more than one directory");
  return Status::ok();
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// C++ classes bound into LibTorch run their own code when unpickled; a classifier needs at most the packed weights of
/// quantized layers.
bool names_foreign_class(std::string_view text) {
  constexpr std::string_view kPrefix = "torch.classes.", kAllowed = "quantized";
  for (auto at = text.find(kPrefix); at != std::string_view::npos; at = text.find(kPrefix, at + 1)) {
    if (text.substr(at + kPrefix.size(), kAllowed.size()) != kAllowed) return true;
  }
  return false;
}

Status check_text(const std::string& name, std::string_view text) {
  for (const char* hook : {"__setstate__", "__getstate__"}) {
    if (text.find(hook) != std::string_view::npos)
      return Status::failed("'" + name + "' holds " + hook + ", code that would run while loading");
  }
  if (names_foreign_class(text)) return Status::failed("'" + name + "' uses a C++ class that models do not need");
  return Status::ok();
}

Status scan_records(std::string_view archive, const std::set<std::string>& checked, ModelInspection& inspection) {
  caffe2::serialize::PyTorchStreamReader reader(std::make_shared<MemoryReader>(archive));
  const std::vector<std::string> names = reader.getAllRecords();
  if (Status status = check_same_records(names, checked); !status) return status;
  bool has_code = false;
  for (const std::string& name : names) {
    const bool is_code = ends_with(name, ".py");
    has_code = has_code || is_code;
    if (!is_code && !ends_with(name, ".pkl") && name != kManifestRecord) continue;
    const auto record = reader.getRecord(name);
    const std::string_view text(static_cast<const char*>(std::get<0>(record).get()), std::get<1>(record));
    if (name == kManifestRecord) {
      inspection.manifest_json = text;
    } else if (Status status = check_text(name, text); !status) {
      return status;
    }
  }
  return has_code ? Status::ok() : Status::failed("not a TorchScript archive (it holds no code)");
}

}  // namespace

Status scan_archive(std::string_view archive, ModelInspection& inspection) {
  return guarded("reading the archive", [&] {
    std::set<std::string> names;
    if (Status status = check_directory(archive, names); !status) return status;
    return scan_records(archive, names, inspection);
  });
}

}  // namespace winnow
