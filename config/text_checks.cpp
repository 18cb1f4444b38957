#include "config/text_checks.h"

#include <algorithm>

namespace winnow {
namespace {

constexpr std::size_t kQuotedCodePoints = 60;
constexpr std::size_t kHeaderNameBytes = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

std::size_t announced_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

/// Overlong forms, surrogates and values past U+10FFFF all show in the second byte.
bool second_byte_fits(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second <= 0x9F;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second <= 0x8F;
  return true;
}

char32_t decode(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]);
  char32_t value = static_cast<unsigned char>(sequence[0]) & (0xFFu >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    value = (value << 6) | (static_cast<unsigned char>(sequence[i]) & 0x3Fu);
  }
  return value;
}

/// C0, DEL and C1, line and paragraph separators, and the marks that reorder or hide what a terminal shows.
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xAD;
}

}  // namespace

std::size_t utf8_length_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = announced_length(first);
  if (length == 0 || at + length > text.size()) return 0;
  if (length > 1 && !second_byte_fits(first, static_cast<unsigned char>(text[at + 1]))) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  return length;
}

std::size_t count_code_points(std::string_view text) {
  if (is_printable_ascii(text)) return text.size();
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) at += std::max<std::size_t>(1, utf8_length_at(text, at));
  return count;
}

std::string printable(std::string_view text) {
  if (is_printable_ascii(text)) return std::string(text);
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length_at(text, at);
    if (text[at] == '\t') {
      shown += ' ';
    } else if (length == 0 || is_harmful(decode(text.substr(at, length)))) {
      shown += '?';
    } else {
      shown += text.substr(at, length);
    }
    at += std::max<std::size_t>(1, length);
  }
  return shown;
}

std::string quoted_for_message(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size() && count < kQuotedCodePoints; ++count) {
    at += std::max<std::size_t>(1, utf8_length_at(text, at));
  }
  return "'" + printable(text.substr(0, at)) + (at < text.size() ? "..." : "") + "'";
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string joined;
  for (const std::string& part : parts) joined.append(joined.empty() ? "" : between).append(part);
  return joined;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

bool is_header_name(std::string_view text) {
  return !text.empty() && text.size() <= kHeaderNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c <= 0x7E && c != ':'; });
}

}  // namespace winnow
