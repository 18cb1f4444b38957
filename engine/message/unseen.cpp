#include "engine/message/unseen.h"

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

void BlankRuns::append(std::string_view text, std::string& target) {
  constexpr std::size_t kMost = 64;  // as many as any layout needs
  std::size_t kept = 0;              // where that begins which is not yet appended
  for (std::size_t at = 0; at < text.size();) {
    const char octet = text[at];
    if (octet >= ' ' && octet < 0x7F) {
      if (octet != ' ') length_ = 0;
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c < 0x80 && is_space(octet)) continue;
    length_ = shows_nothing(c) ? length_ + 1 : 0;
    if (length_ <= kMost) continue;
    target.append(text.substr(kept, begin - kept));
    kept = at;
  }
  target.append(text.substr(kept));
}

std::string without_long_blanks(std::string_view text) {
  std::string result;
  BlankRuns().append(text, result);
  return result;
}

}  // namespace winnow
