#include "engine/message/unseen.h"

#include <cstdint>
#include <cstring>

#include "config/ascii.h"
#include "engine/message/charset.h"

namespace winnow {

bool is_unseen(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return within(0x00, 0x1F) || within(0x7F, 0x9F) || c == 0xAD || c == 0x061C || c == 0x180E ||
         within(0x200B, 0x200F) || within(0x2028, 0x202E) || within(0x2060, 0x206F) || c == 0xFEFF ||
         within(0xFFF9, 0xFFFB) || within(0xE0000, 0xE007F);
}

bool shows_nothing(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return is_unseen(c) || c == 0xA0 || c == 0x034F || within(0x115F, 0x1160) || within(0x2000, 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x2800 || c == 0x3000 || c == 0x3164 || within(0xFE00, 0xFE0F) || c == 0xFFA0 ||
         within(0xE0100, 0xE01EF);
}

namespace {

/// How many octets in front are none of the odd kind, eight at a time: most text is nothing else.
std::size_t plain_run(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  std::size_t at = 0;
  for (; at + sizeof kOnes <= text.size(); at += sizeof kOnes) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, text.data() + at, sizeof octets);
    // High where an octet is beyond ASCII, below the blank, or the last of ASCII.
    const std::uint64_t is_last = octets ^ 0x7F * kOnes;
    const std::uint64_t found = octets | (octets - ' ' * kOnes) | (is_last - kOnes);
    if ((found & kHigh) == 0) continue;
    for (std::size_t i = 0; i < sizeof octets; ++i) {
      if ((octet_kind(text[at + i]) & kOdd) != 0) return at + i;
    }
  }
  while (at < text.size() && (octet_kind(text[at]) & kOdd) == 0) ++at;
  return at;
}

}  // namespace

void BlankRuns::append(std::string_view text, std::string& target) {
  constexpr std::size_t kMost = 64;  // as many as any layout needs
  std::size_t kept = 0;              // where that begins which is not yet appended
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view plain = text.substr(at, plain_run(text.substr(at)));
    if (length_ > 0 && !trim(plain).empty()) end_run();
    at += plain.size();
    if (at == text.size()) break;
    const std::size_t begin = at;
    length_ = shows_nothing(next_code_point(text, at)) ? length_ + 1 : 0;
    if (length_ <= kMost) continue;
    target.append(text.substr(kept, begin - kept));
    kept = at;
  }
  target.append(text.substr(kept));
}

std::string without_long_blanks(std::string text) {
  if (plain_run(text) == text.size()) return text;
  std::string result;
  BlankRuns().append(text, result);
  return result;
}

}  // namespace winnow
