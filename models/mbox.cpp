#include "models/mbox.h"

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "config/ascii.h"

namespace winnow {
namespace {

constexpr std::string_view kSeparator = "From ";

bool is_empty_line(std::string_view line) { return line == "\n" || line == "\r\n"; }

bool is_quoted_separator(std::string_view line) {
  const std::size_t end = line.find_first_not_of('>');
  return end != 0 && end != std::string_view::npos && line.substr(end).starts_with(kSeparator);
}

bool has_time_of_day(std::string_view text) {
  const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    if (digit_at(colon - 1) && digit_at(colon + 1) && digit_at(colon + 2)) return true;
  }
  return false;
}

/// "From sender Thu Jan  1 00:00:00 2026", as asctime() writes a date: prose has no such thing behind its "From ".
bool is_dated_separator(std::string_view line) {
  static constexpr std::string_view kDays = "Mon Tue Wed Thu Fri Sat Sun ";
  static constexpr std::string_view kMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
  if (!line.starts_with(kSeparator)) return false;
  for (std::size_t at = kSeparator.size(); at + 8 <= line.size(); ++at) {
    const bool is_day = line[at - 1] == ' ' && kDays.find(line.substr(at, 4)) % 4 == 0;
    if (is_day && kMonths.find(line.substr(at + 4, 4)) % 4 == 0) return has_time_of_day(line.substr(at + 8));
  }
  return false;
}

/// As Thunderbird writes it since 2022, behind older ones with a date. Prose has no such line either.
bool is_bare_separator(std::string_view line) { return line == "From \n" || line == "From \r\n"; }

bool is_certain_separator(std::string_view line) { return is_dated_separator(line) || is_bare_separator(line); }

/// Where the first separator of an mbox is a certain one, a paragraph that begins with "From " is none.
bool separates(std::string_view line, bool certain) {
  return certain ? is_certain_separator(line) : line.starts_with(kSeparator);
}

/// Reads lines in pieces, so that a file without line ends cannot fill the memory.
class LineReader {
 public:
  explicit LineReader(std::istream& stream) : stream_(stream) {}

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
  std::istream& stream_;
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

bool has_two_separators(std::istream& stream) {
  LineReader lines(stream);
  std::string_view piece;
  bool starts_line = false, after_empty_line = false;
  if (!lines.next(piece, starts_line) || !piece.starts_with(kSeparator)) return false;
  while (lines.next(piece, starts_line)) {
    if (starts_line && after_empty_line && is_certain_separator(piece)) return true;
    after_empty_line = starts_line && is_empty_line(piece);
  }
  return false;
}

}  // namespace

bool is_mbox(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, kSeparator.size()> start{};
  return stream.read(start.data(), start.size()) && std::string_view(start.data(), start.size()) == kSeparator;
}

bool holds_several_messages(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return has_two_separators(stream);
}

bool text_holds_several_messages(const std::string& text) {
  if (!text.starts_with(kSeparator)) return false;  // as most mail: it need not be copied
  std::istringstream stream(text);
  return has_two_separators(stream);
}

bool read_mbox(const std::filesystem::path& file, std::uint64_t max_bytes, Diagnostics& problems,
               const std::function<bool(std::size_t, MailInput&&)>& take) {
  std::ifstream stream(file, std::ios::binary);
  LineReader lines(stream);
  if (!stream.is_open()) {
    problems.error(in_file(file), "cannot be opened");
    return true;
  }
  Collected message(max_bytes);
  std::size_t number = 0;
  std::string_view piece;
  bool starts_line = false, after_empty_line = true, certain = false;
  while (lines.next(piece, starts_line)) {
    if (number == 0) certain = is_certain_separator(piece);
    if (starts_line && after_empty_line && separates(piece, certain)) {
      if (number > 0 && !take(number, message.finish())) return false;
      ++number;
    } else if (number == 0) {
      problems.error(in_file(file), "is not an mbox: it does not begin with \"From \"");
      return true;
    } else {
      message.add(starts_line && is_quoted_separator(piece) ? piece.substr(1) : piece);
    }
    after_empty_line = starts_line && is_empty_line(piece);
  }
  if (lines.is_bad()) problems.error(in_file(file), "cannot be read to its end");
  return number == 0 || take(number, message.finish());
}

}  // namespace winnow
