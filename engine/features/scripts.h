// scripts.h - the script of a character, coarse: as much as the features ask for, without a table look-up.
//
// Fails:   never; what belongs to no script told apart here is Other or None.
#pragma once

#include <cstdint>

namespace winnow {

enum class Script : std::uint8_t {
  None,
  Latin,
  Greek,
  Cyrillic,
  Hebrew,
  Arabic,
  Indic,
  Thai,
  Kana,
  Han,
  Hangul,
  Other
};

constexpr Script script_of(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? Script::Latin : Script::None;
  if (c < 0xC0) return Script::None;
  if (c < 0x250) return c == 0xD7 || c == 0xF7 ? Script::None : Script::Latin;
  if (c < 0x370) return Script::None;
  if (c < 0x400) return Script::Greek;
  if (c < 0x530) return Script::Cyrillic;
  if (c >= 0x590 && c < 0x600) return Script::Hebrew;
  if ((c >= 0x600 && c < 0x780) || (c >= 0xFB50 && c < 0xFE00) || (c >= 0xFE70 && c < 0xFEFF)) return Script::Arabic;
  if (c >= 0x900 && c < 0xE00) return Script::Indic;
  if ((c >= 0xE00 && c < 0xF00) || (c >= 0x1000 && c < 0x10A0) || (c >= 0x1780 && c < 0x1800)) return Script::Thai;
  if (c >= 0x1E00 && c < 0x1F00) return Script::Latin;
  if (c >= 0x1F00 && c < 0x2000) return Script::Greek;
  if (c >= 0x2000 && c < 0x2E80) return Script::None;
  if ((c >= 0x3040 && c < 0x3100) || (c >= 0xFF66 && c < 0xFF9E)) return Script::Kana;
  if ((c >= 0x3400 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) || (c >= 0x20000 && c < 0x32000)) return Script::Han;
  if ((c >= 0xAC00 && c < 0xD7B0) || (c >= 0x1100 && c < 0x1200)) return Script::Hangul;
  if ((c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A)) return Script::Latin;
  if (c >= 0x530 && c < 0x2000) return Script::Other;
  return Script::None;
}

/// Thai stands for the South-East Asian scripts: words are not told apart by spaces in any of them.
constexpr bool is_without_spaces(char32_t c) {
  const Script script = script_of(c);
  return script == Script::Han || script == Script::Kana || script == Script::Thai;
}

constexpr bool is_zero_width(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
         c == 0xFEFF || c == 0x180E || c == 0x034F || c == 0x115F || c == 0x3164;
}

/// Letters of fonts made of characters: mathematical, circled, squared, full-width.
constexpr bool is_styled_letter(char32_t c) {
  return (c >= 0x1D400 && c < 0x1D800) || (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F189) ||
         (c >= 0xFF21 && c <= 0xFF5A);
}

constexpr bool is_emoji(char32_t c) {
  return (c >= 0x1F300 && c < 0x1FB00) || (c >= 0x2600 && c < 0x27C0) || (c >= 0x1F1E6 && c <= 0x1F1FF);
}

}  // namespace winnow
