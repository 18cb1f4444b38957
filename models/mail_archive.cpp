#include "models/mail_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "models/mbox.h"

namespace winnow {
namespace {

struct CloseArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

/// False when it cannot be opened; the handle knows why.
bool open_archive(const std::filesystem::path& file, Archive& handle) {
  handle.reset(archive_read_new());
  // Only filters of libarchive's own: the others would start programs.
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_bzip2(handle.get());
  archive_read_support_filter_xz(handle.get());
  archive_read_support_filter_zstd(handle.get());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_empty(handle.get());
  constexpr std::size_t kBlock = 64 * 1024;
  return archive_read_open_filename(handle.get(), file.c_str(), kBlock) == ARCHIVE_OK;
}

std::string member_name(archive_entry* entry) {
  const char* path = archive_entry_pathname(entry);
  std::string name = path == nullptr ? "" : path;
  while (name.starts_with("./")) name.erase(0, 2);
  return name;
}

/// The octets of a member, as many as are kept.
struct Octets {
  std::string raw;
  std::uint64_t not_kept = 0;
};

/// False when the archive is damaged.
bool read_member(archive* handle, std::uint64_t max_bytes, Octets& member) {
  std::string& raw = member.raw;
  std::uint64_t size = 0;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const auto got = archive_read_data(handle, buffer.data(), buffer.size());
    if (got < 0) return false;
    if (got == 0) break;
    const auto length = static_cast<std::size_t>(got);
    size += length;
    raw.append(buffer.data(),
               std::min<std::uint64_t>(length, max_bytes - std::min<std::uint64_t>(raw.size(), max_bytes)));
  }
  member.not_kept = size - raw.size();
  return true;
}

MailInput mail_of(Octets member, std::uint64_t max_bytes) {
  MailInput mail = mail_from_bytes(std::move(member.raw), max_bytes);
  mail.truncated = mail.truncated || member.not_kept > 0;
  mail.full_size += member.not_kept;
  return mail;
}

void warn_of(const std::vector<std::string>& mboxes, const std::filesystem::path& file, Diagnostics& problems) {
  if (mboxes.empty()) return;
  problems.warning(in_file(file), std::to_string(mboxes.size()) +
                                      " of its members look like mboxes of several messages, such as " +
                                      mboxes.front() + "; each was read as one");
}

void report(archive* handle, const std::filesystem::path& file, Diagnostics& problems) {
  const char* reason = archive_error_string(handle);
  problems.error(in_file(file),
                 std::string("cannot be read as a tar archive: ") + (reason == nullptr ? "unknown reason" : reason));
}

}  // namespace

bool is_mail_archive(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  static constexpr std::array<std::string_view, 6> kEndings = {".tar", ".tar.zst", ".tar.gz",
                                                               ".tgz", ".tar.bz2", ".tar.xz"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view end) { return name.ends_with(end); });
}

bool read_mail_archive(const std::filesystem::path& file, std::uint64_t max_bytes, const ArchiveReader& reader,
                       Diagnostics& problems) {
  Archive handle;
  archive_entry* entry = nullptr;
  std::vector<std::string> mboxes;
  for (const bool opened = open_archive(file, handle); opened;) {
    const int result = archive_read_next_header(handle.get(), &entry);
    if (result == ARCHIVE_EOF) {
      warn_of(mboxes, file, problems);
      return true;
    }
    // A warning is about a name that this locale cannot write, and the message is there.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) break;
    const std::string name = member_name(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || !reader.wants(name)) continue;
    Octets member;
    if (!read_member(handle.get(), max_bytes, member)) break;
    if (text_holds_several_messages(member.raw)) mboxes.push_back(name);
    if (!reader.take(name, mail_of(std::move(member), max_bytes))) return false;
  }
  report(handle.get(), file, problems);
  return true;
}

}  // namespace winnow
