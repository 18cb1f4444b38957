#include "models/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace winnow {
namespace {

namespace fs = std::filesystem;

std::string reason() {
  return std::strerror(errno);
}  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known numbers

using Parts = std::vector<std::string_view>;

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_all(int descriptor, const Parts& parts) {
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) { return write_all(descriptor, part); });
}

Status failed_to_write(const fs::path& file, const std::string& why) {
  return Status::failed("cannot write " + file.string() + ": " + why);
}

/// Written from where its other writers are: opened anew, what /dev/stdout leads to would be written from its start.
Status write_to_descriptor(int descriptor, const fs::path& file, const Parts& parts) {
  std::fflush(nullptr);  // what was printed before comes before
  return write_all(descriptor, parts) ? Status::ok() : failed_to_write(file, reason());
}

/// Whom a file that takes the place of another is for.
enum class Readers { AsTheUmaskSays, Group, Everybody };

bool allow(int descriptor, Readers readers) {
  return readers == Readers::AsTheUmaskSays || fchmod(descriptor, readers == Readers::Group ? 0640 : 0644) == 0;
}

/// Of this process, as /dev/stdout and /dev/fd/3 lead to: /proc/self/fd/3, or /proc/PID/fd/3.
std::optional<int> descriptor_named(const fs::path& file) {
  const std::string folder = file.parent_path().string(), number = file.filename().string();
  if (folder != "/proc/self/fd" && folder != "/proc/" + std::to_string(getpid()) + "/fd") return std::nullopt;
  int descriptor = -1;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), descriptor);
  if (failed != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return descriptor;
}

/// What the last of the links points to, whether it is there or not; a descriptor's own link is not followed.
fs::path target_of(fs::path file) {
  constexpr int kMostLinks = 40;  // as the kernel has it
  std::error_code failed;
  for (int links = 0; links < kMostLinks && !descriptor_named(file) && fs::is_symlink(fs::symlink_status(file, failed));
       ++links) {
    if (file.parent_path() == "/dev/fd") file = "/proc/self/fd" / file.filename();
    if (descriptor_named(file)) break;
    const fs::path to = fs::read_symlink(file, failed);
    if (failed) break;
    file = file.parent_path() / to;  // which is `to` when that is absolute
  }
  return file;
}

Status write_straight(const fs::path& file, const Parts& parts) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return failed_to_write(file, reason());
  std::string why = write_all(descriptor, parts) ? "" : reason();
  if (close(descriptor) != 0 && why.empty()) why = reason();
  return why.empty() ? Status::ok() : failed_to_write(file, why);
}

/// Hidden: what is left of one after a loss of power is no mail in a folder of mail. In a container the process that left it may
/// have had the same number.
int create_beside(const fs::path& file, std::string& temporary) {
  constexpr int kMostLeft = 100;
  int descriptor = -1;
  for (int left = 0; descriptor < 0 && left < kMostLeft && (left == 0 || errno == EEXIST); ++left) {
    const std::string name =
        "." + file.filename().string() + ".new-" + std::to_string(getpid()) + "-" + std::to_string(left);
    temporary = (file.parent_path() / name).string();
    descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  }
  return descriptor;
}

Status replace(const fs::path& file, const Parts& parts, Readers readers) {
  std::string temporary;
  const int descriptor = create_beside(file, temporary);
  if (descriptor < 0) return failed_to_write(file, reason());
  const bool written = allow(descriptor, readers) && write_all(descriptor, parts) && fsync(descriptor) == 0;
  std::string why = written ? "" : reason();
  if (close(descriptor) != 0 && why.empty()) why = reason();
  if (why.empty() && rename(temporary.c_str(), file.c_str()) != 0) why = reason();
  if (why.empty()) return Status::ok();
  unlink(temporary.c_str());
  return failed_to_write(file, why);
}

Status write_for(Readers readers, const fs::path& file, const Parts& parts) {
  std::error_code failed;
  const fs::file_status there = fs::status(file, failed);
  if (!fs::status_known(there)) return failed_to_write(file, failed.message());
  if (fs::is_directory(there)) return failed_to_write(file, "is a folder");
  const fs::path target = target_of(file);
  if (const auto descriptor = descriptor_named(target)) return write_to_descriptor(*descriptor, file, parts);
  // A rename would put a file in the place of a device or a FIFO.
  if (fs::exists(there) && !fs::is_regular_file(there)) return write_straight(file, parts);
  return replace(target, parts, readers);
}

}  // namespace

Status write_whole_file(const fs::path& file, std::string_view bytes) {
  return write_for(Readers::AsTheUmaskSays, file, {bytes});
}

Status write_joined_file(const fs::path& file, const std::vector<std::string_view>& parts) {
  return write_for(Readers::AsTheUmaskSays, file, parts);
}

Status write_public_file(const fs::path& file, std::string_view bytes) {
  return write_for(Readers::Everybody, file, {bytes});
}

Status write_group_file(const fs::path& file, std::string_view bytes) {
  return write_for(Readers::Group, file, {bytes});
}

Status check_writable(const fs::path& file) {
  std::error_code failed;
  const fs::file_status there = fs::status(file, failed);
  if (!fs::status_known(there)) return failed_to_write(file, failed.message());
  if (fs::is_directory(there)) return failed_to_write(file, "is a folder");
  const fs::path target = target_of(file);
  const bool is_replaced = !descriptor_named(target) && (!fs::exists(there) || fs::is_regular_file(there));
  const fs::path needed = is_replaced ? target.parent_path() / "." : file;
  return access(needed.c_str(), W_OK) == 0 ? Status::ok() : failed_to_write(file, reason());
}

Status read_whole_file(const fs::path& file, std::string& bytes) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Status::failed("cannot open " + file.string());
  bytes.clear();
  std::vector<char> block(1u << 20);
  while (stream) {  // an iterator over the buffer would throw where a read fails
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    bytes.append(block.data(), static_cast<std::size_t>(stream.gcount()));
  }
  return stream.bad() ? Status::failed("cannot read " + file.string()) : Status::ok();
}

}  // namespace winnow
