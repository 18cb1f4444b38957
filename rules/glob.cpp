#include "rules/glob.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "config/ascii.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxWords = kMaxGlobTextBytes / 64 + 1;

bool is_continuation(unsigned char byte) { return (byte & 0xC0u) == 0x80u; }

}  // namespace

GlobText::GlobText(std::string_view text) : is_too_long_(text.size() > kMaxGlobTextBytes) {
  if (is_too_long_) return;
  folded_ = to_lower(text);
  if (is_printable_ascii(text)) return;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length_at(text, at);
    if (length == 0) folded_[at] = '\0';
    at += std::max<std::size_t>(1, length);
  }
}

Glob::Glob(std::string_view pattern)
    : places_(pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*')) + 1),
      words_(places_ / 64 + 1) {
  if (places_ > kMaxGlobTextBytes + 1) return;  // no text is long enough
  taking_.resize(256 * words_);
  staying_.resize(words_);
  resuming_.resize(words_);
  std::size_t place = 0;
  const auto set = [&](std::vector<Word>& words) { words[place / 64] |= Word{1} << place % 64; };
  for (const char c : pattern) {
    if (c == '*') {
      set(staying_);
      set(resuming_);
    } else if (c != '?') {
      take(static_cast<unsigned char>(to_lower(c)), place++);
    } else {
      for (unsigned byte = 0; byte < 256; ++byte) {
        if (!is_continuation(static_cast<unsigned char>(byte))) take(static_cast<unsigned char>(byte), place);
      }
      ++place;
      set(resuming_);
    }
  }
}

bool Glob::fits(const GlobText& text) const {
  if (text.is_too_long_ || taking_.empty()) return false;
  // Nearly all patterns take one word, for which the compiler keeps everything in registers.
  return words_ == 1 ? reaches_end(text.folded_, std::integral_constant<std::size_t, 1>())
                     : reaches_end(text.folded_, words_);
}

template <typename Count>
bool Glob::reaches_end(std::string_view text, Count words) const {
  std::array<Word, kMaxWords> reached;
  std::fill_n(reached.begin(), words, 0);
  reached[0] = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const Word* const taking = &taking_[byte * words];
    const Word* const staying = is_continuation(byte) ? resuming_.data() : staying_.data();
    Word carry = 0, any = 0;
    for (std::size_t i = 0; i < words; ++i) {
      const Word moving = reached[i] & taking[i];
      reached[i] = (reached[i] & staying[i]) | moving << 1 | carry;
      carry = moving >> 63;
      any |= reached[i];
    }
    if (any == 0) return false;
  }
  return (reached[(places_ - 1) / 64] >> (places_ - 1) % 64 & 1) != 0;
}

}  // namespace winnow
