// mail_input.cpp - reads a message file, bounded.
#include "engine/message/mail_input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace winnow {
namespace {

/// An mbox file starts its messages with "From sender date": a line that is no header.
void drop_mbox_line(MailInput& input) {
  if (input.raw.compare(0, 5, "From ") != 0) return;
  const std::size_t end = input.raw.find('\n');
  const std::size_t length = end == std::string::npos ? input.raw.size() : end + 1;
  input.raw.erase(0, length);
  input.full_size -= length;
}

/// gzip, bzip2, xz, Zstandard, ZIP: by their first bytes, which no mail has.
bool is_compressed(std::string_view raw) {
  using namespace std::string_view_literals;
  constexpr std::string_view kStarts[] = {"\x1f\x8b\x08"sv, "\xfd\x37zXZ\0"sv, "\x28\xb5\x2f\xfd"sv, "PK\x03\x04"sv};
  constexpr std::string_view kBzip2Block = "1AY&SY";
  return std::any_of(std::begin(kStarts), std::end(kStarts), [raw](auto start) { return raw.starts_with(start); }) ||
         (raw.starts_with("BZh") && raw.substr(std::min<std::size_t>(4, raw.size())).starts_with(kBzip2Block));
}

}  // namespace

MailInput mail_from_bytes(std::string raw, std::uint64_t max_bytes) {
  MailInput input;
  input.full_size = raw.size();
  input.raw = std::move(raw);
  drop_mbox_line(input);
  if (input.raw.size() > max_bytes) {
    input.raw.resize(max_bytes);
    input.truncated = true;
  }
  return input;
}

std::optional<MailInput> read_mail_file(const std::filesystem::path& file, std::uint64_t max_bytes,
                                        std::string& error) {
  std::error_code status;
  if (std::filesystem::is_directory(file, status)) {
    error = "cannot read " + file.string() + ": it is a directory";
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    error = "cannot open " + file.string() + ": " + std::strerror(errno);
    return std::nullopt;
  }
  MailInput input;
  char block[64 << 10];
  while (stream.read(block, sizeof block) || stream.gcount() > 0) {
    const auto got = static_cast<std::uint64_t>(stream.gcount());
    input.full_size += got;
    const std::uint64_t room = max_bytes - input.raw.size();
    input.raw.append(block, static_cast<std::size_t>(got < room ? got : room));
    if (got > room) {
      input.truncated = true;
      break;  // the rest is only measured, not read: it may be huge
    }
  }
  if (stream.bad()) {
    error = "cannot read " + file.string() + ": " + std::strerror(errno);
    return std::nullopt;
  }
  if (is_compressed(input.raw)) {
    error = "cannot read " + file.string() + ": it is compressed, unpack it first";
    return std::nullopt;
  }
  const std::uintmax_t size = std::filesystem::file_size(file, status);
  if (input.truncated && !status) input.full_size = size;
  drop_mbox_line(input);
  return input;
}

}  // namespace winnow
