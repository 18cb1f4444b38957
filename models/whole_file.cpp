#include "models/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace winnow {
namespace {

namespace fs = std::filesystem;

std::string reason() {
  return std::strerror(errno);
}  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known numbers

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status failed_to_write(const fs::path& file, const std::string& why) {
  return Status::failed("cannot write " + file.string() + ": " + why);
}

/// Whom a file that takes the place of another is for.
enum class Readers { AsTheUmaskSays, Everybody };

/// What the last of the links points to, whether it is there or not.
fs::path target_of(fs::path file) {
  constexpr int kMostLinks = 40;  // as the kernel has it
  std::error_code failed;
  for (int links = 0; links < kMostLinks && fs::is_symlink(fs::symlink_status(file, failed)); ++links) {
    const fs::path to = fs::read_symlink(file, failed);
    if (failed) break;
    file = file.parent_path() / to;  // which is `to` when that is absolute
  }
  return file;
}

Status write_straight(const fs::path& file, std::string_view bytes) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return failed_to_write(file, reason());
  std::string why = write_all(descriptor, bytes) ? "" : reason();
  if (close(descriptor) != 0 && why.empty()) why = reason();
  return why.empty() ? Status::ok() : failed_to_write(file, why);
}

Status replace(const fs::path& file, std::string_view bytes, Readers readers) {
  const std::string temporary = file.string() + ".new-" + std::to_string(getpid());
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) return Status::failed("cannot create " + temporary + ": " + reason());
  const bool is_for_all = readers == Readers::AsTheUmaskSays || fchmod(descriptor, 0644) == 0;
  const bool written = is_for_all && write_all(descriptor, bytes) && fsync(descriptor) == 0;
  std::string why = written ? "" : reason();
  if (close(descriptor) != 0 && why.empty()) why = reason();
  if (why.empty() && rename(temporary.c_str(), file.c_str()) != 0) why = reason();
  if (why.empty()) return Status::ok();
  unlink(temporary.c_str());
  return failed_to_write(file, why);
}

Status write_for(Readers readers, const fs::path& file, std::string_view bytes) {
  std::error_code failed;
  const fs::file_status there = fs::status(file, failed);
  if (!fs::status_known(there)) return failed_to_write(file, failed.message());
  if (fs::is_directory(there)) return failed_to_write(file, "is a folder");
  // A rename would put a file in the place of a device or a FIFO.
  if (fs::exists(there) && !fs::is_regular_file(there)) return write_straight(file, bytes);
  return replace(target_of(file), bytes, readers);
}

}  // namespace

Status write_whole_file(const fs::path& file, std::string_view bytes) {
  return write_for(Readers::AsTheUmaskSays, file, bytes);
}

Status write_public_file(const fs::path& file, std::string_view bytes) { return write_for(Readers::Everybody, file, bytes); }

Status check_writable(const fs::path& file) {
  std::error_code failed;
  const fs::file_status there = fs::status(file, failed);
  if (fs::is_directory(there)) return failed_to_write(file, "is a folder");
  const bool is_replaced = !fs::exists(there) || fs::is_regular_file(there);
  const fs::path needed = is_replaced ? target_of(file).parent_path() / "." : file;
  return access(needed.c_str(), W_OK) == 0 ? Status::ok() : failed_to_write(file, reason());
}

Status read_whole_file(const fs::path& file, std::string& bytes) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Status::failed("cannot open " + file.string());
  bytes.assign(std::istreambuf_iterator<char>(stream), {});
  return stream.bad() ? Status::failed("cannot read " + file.string()) : Status::ok();
}

}  // namespace winnow
