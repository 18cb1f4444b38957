#include "cli/terminal.h"

#include <cstdint>
#include <cstdio>

#include "engine/message/unseen.h"

namespace winnow {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: the octets here are no UTF-8
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || at + length > text.size()) return {};
  if (length == 1) return {lead, 1};
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  // Overlong forms, surrogates and values past the end of Unicode (RFC 3629 3).
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

std::string escaped(const char* form, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

std::string shown(std::uint32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return c < 0x100 ? escaped("\\x%02x", c) : escaped("\\u{%x}", c);
}

}  // namespace

std::string escape_for_terminal(std::string_view text, LineBreaks breaks) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (c.bytes == 0) {
      out += escaped("\\x%02x", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    const bool kept_break = c.value == '\n' && breaks == LineBreaks::Keep;
    if (is_unseen(c.value) && !kept_break) {
      out += shown(c.value);
    } else {
      out += text.substr(at, c.bytes);
    }
    at += c.bytes;
  }
  return out;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (const char c : utf8) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

std::string cut_to_width(const std::string& utf8, std::size_t width) {
  if (display_width(utf8) <= width || width < 3) return utf8;
  std::size_t at = 0;
  for (std::size_t seen = 0; at < utf8.size(); ++at) {
    seen += (static_cast<unsigned char>(utf8[at]) & 0xC0) != 0x80;
    if (seen > width - 3) break;
  }
  return utf8.substr(0, at) + "...";
}

}  // namespace winnow
