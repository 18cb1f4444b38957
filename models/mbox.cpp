#include "models/mbox.h"

#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace winnow {
namespace {

constexpr std::string_view kSeparator = "From ";

bool is_empty_line(std::string_view line) { return line == "\n" || line == "\r\n"; }

bool is_quoted_separator(std::string_view line) {
  const std::size_t end = line.find_first_not_of('>');
  return end != 0 && end != std::string_view::npos && line.substr(end).starts_with(kSeparator);
}

/// "From sender Thu Jan  1 00:00:00 2026": prose seldom has a time of day behind its "From ", and separators always do.
bool is_dated_separator(std::string_view line) {
  const auto is_digit = [&](std::size_t at) { return at < line.size() && line[at] >= '0' && line[at] <= '9'; };
  if (!line.starts_with(kSeparator)) return false;
  for (std::size_t colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
    if (is_digit(colon - 1) && is_digit(colon + 1) && is_digit(colon + 2)) return true;
  }
  return false;
}

/// Where the first separator of an mbox has a date, a paragraph that begins with "From " is none.
bool separates(std::string_view line, bool dated) { return dated ? is_dated_separator(line) : line.starts_with(kSeparator); }

/// Reads lines in pieces, so that a file without line ends cannot fill the memory.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& file) : stream_(file, std::ios::binary) {}

  bool is_open() const { return stream_.is_open(); }
  bool is_bad() const { return stream_.bad(); }

  /// The next piece, with its line feed if it has one. `starts_line` says whether it begins a line.
  bool next(std::string_view& piece, bool& starts_line) {
    starts_line = at_line_start_;
    stream_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size() - 1));
    std::size_t length = static_cast<std::size_t>(stream_.gcount());
    if (length == 0) return false;
    const bool was_cut = stream_.fail() && !stream_.eof();
    if (was_cut) {
      stream_.clear();
    } else if (!stream_.eof()) {
      buffer_[length - 1] = '\n';  // getline counts the delimiter and stores a NUL in its place
    }
    at_line_start_ = !was_cut;
    piece = std::string_view(buffer_.data(), length);
    return true;
  }

 private:
  std::ifstream stream_;
  std::array<char, 64 * 1024> buffer_{};
  bool at_line_start_ = true;
};

/// The message that is being put together.
class Collected {
 public:
  explicit Collected(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  void add(std::string_view piece) {
    size_ += piece.size();
    if (raw_.size() < max_bytes_) raw_.append(piece.substr(0, max_bytes_ - raw_.size()));
  }

  MailInput finish() {
    // The empty line before the next separator belongs to the mbox, not to the message.
    if (raw_.size() == size_ && raw_.ends_with("\n\n")) {
      raw_.pop_back();
      --size_;
    }
    const std::uint64_t not_kept = std::exchange(size_, 0) - raw_.size();
    MailInput mail = mail_from_bytes(std::exchange(raw_, {}), max_bytes_);
    mail.truncated = mail.truncated || not_kept > 0;
    mail.full_size += not_kept;
    return mail;
  }

 private:
  std::uint64_t max_bytes_;
  std::string raw_;
  std::uint64_t size_ = 0;
};

}  // namespace

bool is_mbox(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, kSeparator.size()> start{};
  return stream.read(start.data(), start.size()) && std::string_view(start.data(), start.size()) == kSeparator;
}

bool holds_several_messages(const std::filesystem::path& file) {
  if (!is_mbox(file)) return false;
  LineReader lines(file);
  std::string_view piece;
  bool starts_line = false, after_empty_line = false;
  while (lines.next(piece, starts_line)) {
    if (starts_line && after_empty_line && is_dated_separator(piece)) return true;
    after_empty_line = starts_line && is_empty_line(piece);
  }
  return false;
}

bool text_holds_several_messages(std::string_view text) {
  if (!text.starts_with(kSeparator)) return false;
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1)) {
    const std::string_view rest = text.substr(end + 1);
    const bool after_empty_line = text.substr(0, end + 1).ends_with("\n\n") || text.substr(0, end + 1).ends_with("\n\r\n");
    if (after_empty_line && is_dated_separator(rest.substr(0, rest.find('\n')))) return true;
  }
  return false;
}

bool read_mbox(const std::filesystem::path& file, std::uint64_t max_bytes, Diagnostics& problems,
               const std::function<bool(std::size_t, MailInput&&)>& take) {
  const auto source = std::make_shared<const SourceText>(SourceText{file.string(), {}});
  LineReader lines(file);
  if (!lines.is_open()) {
    problems.error({source}, "cannot be opened");
    return true;
  }
  Collected message(max_bytes);
  std::size_t number = 0;
  std::string_view piece;
  bool starts_line = false, after_empty_line = true, dated = false;
  while (lines.next(piece, starts_line)) {
    if (number == 0) dated = is_dated_separator(piece);
    if (starts_line && after_empty_line && separates(piece, dated)) {
      if (number > 0 && !take(number, message.finish())) return false;
      ++number;
    } else if (number == 0) {
      problems.error({source}, "is not an mbox: it does not begin with \"From \"");
      return true;
    } else {
      message.add(starts_line && is_quoted_separator(piece) ? piece.substr(1) : piece);
    }
    after_empty_line = starts_line && is_empty_line(piece);
  }
  if (lines.is_bad()) problems.error({source}, "cannot be read to its end");
  return number == 0 || take(number, message.finish());
}

}  // namespace winnow
