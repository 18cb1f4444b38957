#include "models/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace winnow {
namespace {

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

}  // namespace

Status write_whole_file(const std::filesystem::path& file, std::string_view bytes) {
  const std::string temporary = file.string() + ".new-" + std::to_string(getpid());
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) return Status::failed("cannot create " + temporary + ": " + reason());
  // fchmod, because the umask may have taken bits that the daemon's user needs to read a model.
  const bool written = write_all(descriptor, bytes) && fchmod(descriptor, 0644) == 0 && fsync(descriptor) == 0;
  std::string why = written ? "" : reason();
  if (close(descriptor) != 0 && why.empty()) why = reason();
  if (why.empty() && rename(temporary.c_str(), file.c_str()) != 0) why = reason();
  if (why.empty()) return Status::ok();
  unlink(temporary.c_str());
  return Status::failed("cannot write " + file.string() + ": " + why);
}

Status read_whole_file(const std::filesystem::path& file, std::string& bytes) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Status::failed("cannot open " + file.string());
  bytes.assign(std::istreambuf_iterator<char>(stream), {});
  return stream.bad() ? Status::failed("cannot read " + file.string()) : Status::ok();
}

}  // namespace winnow
