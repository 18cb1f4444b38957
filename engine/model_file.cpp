#include "engine/model_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace winnow {
namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{2} << 30;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

std::string system_error() { return std::strerror(errno); }

bool owner_is_trusted(const struct stat& status) { return status.st_uid == 0 || status.st_uid == geteuid(); }

std::string check_file(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (!owner_is_trusted(status)) return "belongs to another user; it must belong to root or to the user that runs it";
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "is writable by group or others (chmod go-w)";
  if (status.st_size > kMaxBytes) return "is larger than 2 GiB";
  if (status.st_size == 0) return "is empty";
  return {};
}

/// Whoever may write a folder may put another file in the model's place, unless the sticky bit keeps them from it.
std::string check_folder(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return "its folder cannot be examined: " + system_error();
  const bool sticky = (status.st_mode & S_ISVTX) != 0;
  if (!owner_is_trusted(status)) return "lies in a folder of another user";
  if ((status.st_mode & S_IWOTH) != 0 && !sticky) return "lies in a folder that others may write (chmod o-w)";
  return {};
}

std::string read_all(int descriptor, std::size_t size, std::string& bytes) {
  bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = read(descriptor, bytes.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return "cannot be read: " + system_error();
    if (count == 0) return "became shorter while it was read";
    done += static_cast<std::size_t>(count);
  }
  return {};
}

std::string open_error(const std::filesystem::path& file) {
  if (errno == ELOOP) return "is a symbolic link; name the file itself";
  if (errno == ENOENT) return "does not exist";
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) return "is a folder";
  return "cannot be opened: " + system_error();
}

}  // namespace

std::optional<ModelFile> read_model_file(const std::filesystem::path& file, std::string& error) {
  // Non-blocking, so that a pipe in the file's place does not hold up the start.
  const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) {
    error = open_error(file);
    return std::nullopt;
  }
  struct stat status {};
  if (fstat(descriptor.number(), &status) != 0) {
    error = "cannot be examined: " + system_error();
    return std::nullopt;
  }
  ModelFile model;
  error = check_file(status);
  if (error.empty()) error = check_folder(file);
  if (error.empty()) error = read_all(descriptor.number(), static_cast<std::size_t>(status.st_size), model.bytes);
  if (!error.empty()) return std::nullopt;
  model.sha256 = sha256_hex(model.bytes);
  return model;
}

std::string sha256_hex(std::string_view bytes) {
  // Looked up once: OpenSSL 3 goes through its providers each time that EVP_sha256() is used.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, sha256, nullptr) != 1) return {};
  constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace winnow
