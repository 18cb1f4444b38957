// charset.cpp - ICU converters, with shortcuts for the charsets that nearly all mail uses.
#include "engine/message/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "config/ascii.h"

namespace winnow {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// Length of the UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0) == 0x80; };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F)) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if ((first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

/// First octet that is no UTF-8.
std::size_t utf8_run(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    at += ascii_run(text.substr(at));
    // Letters of other scripts come in rows.
    while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80) {
      const std::size_t length = sequence_length(text.substr(at));
      if (length == 0) return at;
      at += length;
    }
    if (at == text.size()) return at;
  }
}

std::string without_nul(std::string text) {
  if (text.find('\0') != std::string::npos) text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  return text;
}

std::string from_windows_1252(std::string_view octets) {
  std::string text;
  text.reserve(octets.size() + octets.size() / 8);
  while (!octets.empty()) {
    const std::size_t run = ascii_run(octets);
    text.append(octets.substr(0, run));
    octets.remove_prefix(run);
    if (octets.empty()) break;
    append_utf8(text, windows_1252(static_cast<unsigned char>(octets[0])));
    octets.remove_prefix(1);
  }
  return without_nul(std::move(text));
}

/// Superset names: senders write the old name and use the characters of the newer charset.
std::string icu_name(const std::string& charset) {
  if (charset == "gb2312" || charset == "gbk" || charset == "x-gbk") return "gb18030";
  if (charset.rfind("ks_c_5601", 0) == 0 || charset == "euc-kr") return "windows-949";
  if (charset == "shift-jis" || charset == "x-sjis") return "shift_jis";
  return charset;
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

/// False when ICU does not know the charset.
bool convert_with_icu(std::string_view octets, const std::string& charset, std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const Converter from(ucnv_open(charset.c_str(), &status));
  if (U_FAILURE(status) || !from) return false;
  const Converter to(ucnv_open("UTF-8", &status));
  if (U_FAILURE(status) || !to) return false;
  UChar pivot[2048];
  UChar* pivot_source = pivot;
  UChar* pivot_target = pivot;
  const char* source = octets.data();
  const char* const source_end = source + octets.size();
  bool reset = true;
  char block[8192];
  do {
    char* target = block;
    status = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, block + sizeof block, &source, source_end, pivot, &pivot_source,
                   &pivot_target, pivot + 2048, reset, true, &status);
    reset = false;
    text.append(block, static_cast<std::size_t>(target - block));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  return U_SUCCESS(status);
}

std::size_t count_replacements(std::string_view text) {
  std::size_t found = 0;
  for (std::size_t at = text.find("\xEF\xBF\xBD"); at != std::string_view::npos;
       at = text.find("\xEF\xBF\xBD", at + 3)) {
    ++found;
  }
  return found;
}

std::string clean_name(std::string_view charset) {
  std::string name;
  for (const char c : charset.substr(0, 60)) {
    if (is_alnum(c) || c == '-' || c == '_' || c == ':') name += to_lower(c);
  }
  return name;
}

}  // namespace

std::size_t ascii_run(std::string_view text) {
  std::size_t at = 0;
  // Eight at a time.
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    if (block & 0x8080808080808080ULL) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

bool is_ascii(std::string_view text) { return ascii_run(text) == text.size(); }

bool is_utf8(std::string_view text) { return utf8_run(text) == text.size(); }

char32_t windows_1252(unsigned char octet) {
  static constexpr char16_t kTable[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                          0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                          0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
  return octet >= 0x80 && octet < 0xA0 ? kTable[octet - 0x80] : octet;
}

void append_utf8(std::string& text, char32_t c) {
  if (c == 0) return;
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | (c >> 6));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (c >> 18));
    text += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string_view utf8_prefix(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0) == 0x80) --max;
  return text.substr(0, max);
}

std::string repair_utf8(std::string_view octets, std::size_t& repairs) {
  std::string text;
  text.reserve(octets.size());
  while (true) {
    const std::size_t run = utf8_run(octets);
    text.append(octets.substr(0, run));
    octets.remove_prefix(run);
    if (octets.empty()) return without_nul(std::move(text));
    append_utf8(text, kReplacement);
    ++repairs;
    octets.remove_prefix(1);
  }
}

std::string to_utf8(std::string_view octets, std::string_view charset, std::size_t& repairs) {
  const std::string name = clean_name(charset);
  if (name == "utf-8" || name == "utf8") return repair_utf8(octets, repairs);
  const bool stateful = name.rfind("iso-2022", 0) == 0 || name.rfind("hz", 0) == 0 || name.rfind("utf-", 0) == 0;
  if (!stateful && is_ascii(octets)) return without_nul(std::string(octets));
  if (name == "iso-8859-1" || name == "latin1" || name == "windows-1252") return from_windows_1252(octets);
  if (!name.empty() && name != "us-ascii" && name != "ascii") {
    std::string text;
    if (convert_with_icu(octets, icu_name(name), text)) {
      repairs += count_replacements(text);
      return repair_utf8(text, repairs);
    }
  }
  if (is_utf8(octets)) return without_nul(std::string(octets));
  ++repairs;
  return from_windows_1252(octets);
}

}  // namespace winnow
