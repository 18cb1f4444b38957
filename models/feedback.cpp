#include "models/feedback.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/message/header_block.h"
#include "engine/model_file.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;

constexpr std::array kLabels = {Label::Spam, Label::Phishing, Label::Ham};

std::string reason() {
  return std::strerror(errno);
}  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known numbers

/// A new folder takes the group of the one above, so that whoever trains may read what a mail server's process wrote.
Status make_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::is_directory(folder, failed)) return Status::ok();
  if (mkdir(folder.c_str(), 0770) != 0) {
    const bool is_there = errno == EEXIST;
    const std::string why = reason();
    if (is_there && fs::is_directory(folder, failed)) return Status::ok();  // by another process, just now
    return Status::failed("cannot make " + folder.string() + ": " + why);
  }
  // The umask of a mail server's process may close it to the group.
  if (chmod(folder.c_str(), S_ISGID | 0770) != 0)
    return Status::failed("cannot open " + folder.string() + " to its group: " + reason());
  return Status::ok();
}

bool wait_for_lock(int descriptor) {
  int failed = 0;
  do {
    failed = flock(descriptor, LOCK_EX);
  } while (failed != 0 && errno == EINTR);
  return failed == 0;
}

/// Held by one process at a time.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0 || !wait_for_lock(descriptor_)) why_not_ = "cannot lock " + folder.string() + ": " + reason();
  }
  ~FolderLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  Status status() const { return why_not_.empty() ? Status::ok() : Status::failed(why_not_); }

 private:
  const int descriptor_;
  std::string why_not_;
};

/// By the octets as they are with LF: a Maildir holds that, and what a mail server pipes has CRLF. By the first of them only: a
/// long message is cut where it is read, at 1 MiB (TrainOptions), which is earlier in its text where lines end in CRLF.
std::string name_of(std::string_view raw) {
  constexpr std::size_t kCompared = std::size_t{512} << 10;  // what 1 MiB of the shortest lines holds
  return sha256_hex(std::string_view(normalise_line_ends(raw)).substr(0, kCompared)) + ".eml";
}

std::vector<fs::path> messages_in(const fs::path& place) {
  std::vector<fs::path> messages;
  std::error_code failed;
  for (fs::directory_iterator at(place, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().extension() == ".eml") messages.push_back(at->path());
  }
  return messages;
}

/// Makes it the newest, so that it is not the next to be forgotten. Only a file's owner sets its time; for others it is
/// written anew.
Status renew(const fs::path& file, std::string_view raw) {
  return utimensat(AT_FDCWD, file.c_str(), nullptr, 0) == 0 ? Status::ok() : write_group_file(file, raw);
}

}  // namespace

fs::path FeedbackFolder::place_of(Label label) const { return folder_ / label_name(label); }

Status FeedbackFolder::prepare() const {
  if (Status status = make_folder(folder_); !status) return status;
  for (const Label label : kLabels) {
    if (Status status = make_folder(place_of(label)); !status) return status;
  }
  return Status::ok();
}

Status FeedbackFolder::keep(Label label, std::string_view raw, Kept& kept) const {
  const FolderLock lock(folder_);
  if (Status status = lock.status(); !status) return status;
  const std::string name = name_of(raw);
  const fs::path file = place_of(label) / name;
  std::error_code failed;
  for (const Label other : kLabels) {
    const fs::path there = place_of(other) / name;
    if (!fs::exists(there, failed)) continue;
    if (Status status = renew(there, raw); !status) return status;
    kept = other == label ? Kept::Known : Kept::Moved;
    if (kept == Kept::Known) return Status::ok();
    fs::rename(there, file, failed);
    return failed ? Status::failed("cannot move " + there.string() + ": " + failed.message()) : Status::ok();
  }
  kept = Kept::New;
  return write_group_file(file, raw);
}

Status FeedbackFolder::forget_oldest(Label label, std::size_t most) const {
  const FolderLock lock(folder_);
  if (Status status = lock.status(); !status) return status;
  std::vector<fs::path> messages = messages_in(place_of(label));
  if (messages.size() <= most) return Status::ok();
  std::vector<std::pair<fs::file_time_type, fs::path>> by_age;
  std::error_code failed;
  for (fs::path& file : messages) by_age.emplace_back(fs::last_write_time(file, failed), std::move(file));
  std::sort(by_age.begin(), by_age.end());
  by_age.resize(by_age.size() - most);
  for (const auto& [age, file] : by_age) {
    if (!fs::remove(file, failed) && failed)
      return Status::failed("cannot remove " + file.string() + ": " + failed.message());
  }
  return Status::ok();
}

std::size_t FeedbackFolder::count(Label label) const { return messages_in(place_of(label)).size(); }

}  // namespace winnow
