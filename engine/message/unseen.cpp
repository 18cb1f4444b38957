#include "engine/message/unseen.h"

namespace winnow {

bool is_unseen(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return within(0x00, 0x1F) || within(0x7F, 0x9F) || c == 0xAD || c == 0x061C || c == 0x180E ||
         within(0x200B, 0x200F) || within(0x2028, 0x202E) || within(0x2060, 0x206F) || c == 0xFEFF ||
         within(0xFFF9, 0xFFFB) || within(0xE0000, 0xE007F);
}

}  // namespace winnow
