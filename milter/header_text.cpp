#include "milter/header_text.h"

#include <algorithm>
#include <vector>

#include "engine/message/charset.h"
#include "engine/message/unseen.h"

namespace winnow {
namespace {

constexpr std::size_t kFoldColumn = 76;
constexpr std::size_t kMaxLine = 890;      // of 998: a name of 99 and ": " may stand before it
constexpr std::size_t kEncodedBytes = 45;  // base64 makes 60 of them: 72 with "=?UTF-8?B?" and "?=" (limit 75)

bool is_printable(unsigned char c) { return c >= 0x20 && c < 0x7F; }
bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string encoded_words(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    std::size_t take = std::min(kEncodedBytes, utf8.size());
    // A character may not be split between two words (RFC 2047 section 5).
    while (take > 1 && take < utf8.size() && is_continuation(static_cast<unsigned char>(utf8[take]))) --take;
    if (!out.empty()) out += ' ';
    out += "=?UTF-8?B?" + base64(utf8.substr(0, take)) + "?=";
    utf8.remove_prefix(take);
  }
  return out;
}

/// From the first word that is not ASCII to the last: an encoded word stands between blanks, and those between two
/// encoded words would be lost.
std::string encode_where_needed(const std::string& utf8) {
  const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  const auto first = std::find_if(utf8.begin(), utf8.end(), foreign);
  if (first == utf8.end()) return utf8;
  const auto last = std::find_if(utf8.rbegin(), utf8.rend(), foreign);
  const std::size_t blank_before = utf8.rfind(' ', static_cast<std::size_t>(first - utf8.begin()));
  const std::size_t begin = blank_before == std::string::npos ? 0 : blank_before + 1;
  const std::size_t end = std::min(utf8.find(' ', static_cast<std::size_t>(last.base() - utf8.begin())), utf8.size());
  return utf8.substr(0, begin) + encoded_words(std::string_view(utf8).substr(begin, end - begin)) + utf8.substr(end);
}

/// Words longer than any line may be are cut into pieces that are not.
std::vector<std::string_view> words_of(std::string_view value) {
  std::vector<std::string_view> words;
  while (!value.empty()) {
    const std::size_t length = std::min({value.find(' '), value.size(), kMaxLine});
    if (length > 0) words.push_back(value.substr(0, length));
    value.remove_prefix(length);
    if (value.starts_with(' ')) value.remove_prefix(1);
  }
  return words;
}

}  // namespace

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() < 100 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return is_printable(c) && c != ' ' && c != ':'; });
}

std::string plain_line(std::string_view text, std::size_t max_bytes) {
  std::string out(text.substr(0, max_bytes));
  for (char& c : out) {
    if (!is_printable(static_cast<unsigned char>(c))) c = '?';
  }
  return out;
}

std::string header_value(std::string_view utf8) {
  std::string clean;
  bool ascii = true;
  for (const char c : utf8) {
    const auto octet = static_cast<unsigned char>(c);
    clean += octet < 0x20 || octet == 0x7F ? ' ' : c;
    ascii = ascii && octet < 0x80;
  }
  return ascii ? clean : encoded_words(clean);
}

std::string mail_words(std::string_view text, std::size_t max_bytes) {
  std::size_t repairs = 0;
  const std::string valid = repair_utf8(text, repairs);
  const std::string_view kept = utf8_prefix(valid, max_bytes);
  std::string clean;
  for (std::size_t at = 0; at < kept.size();) {
    const std::size_t from = at;
    const char32_t c = next_code_point(kept, at);
    if (is_unseen(c)) {
      clean += '?';
    } else {
      clean += c == ';' ? "," : c == '=' ? "_" : kept.substr(from, at - from);
    }
  }
  if (kept.size() < valid.size()) clean += "...";
  return encode_where_needed(clean);
}

std::string folded(std::string_view name, std::string_view value) {
  std::string out;
  std::size_t column = name.size() + 2;
  bool first = true;
  for (const std::string_view word : words_of(value)) {
    const bool fits = column + 1 + word.size() <= kFoldColumn;
    if (!first) out += fits ? " " : "\n\t";
    column = first ? column + word.size() : fits ? column + 1 + word.size() : 8 + word.size();
    out += word;
    first = false;
  }
  return out;
}

std::string kept_value(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '\0' || c == '\r') continue;
    if (c != '\n') {
      out += c;
    } else if (i + 1 < raw.size() && (raw[i + 1] == ' ' || raw[i + 1] == '\t')) {
      out += '\n';
    } else {
      out += ' ';
    }
  }
  return out;
}

}  // namespace winnow
