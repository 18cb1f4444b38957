// html_entities.cpp - numeric references by hand; names from libxml2's table, turned into a hash map once.
#include "engine/message/html_entities.h"

#include <libxml/HTMLparser.h>

#include <cstdint>
#include <unordered_map>

#include "config/ascii.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

/// libxml2 looks names up one by one in a list; a newsletter has thousands of &nbsp;.
const std::unordered_map<std::string_view, char32_t>& entity_names() {
  static const std::unordered_map<std::string_view, char32_t> names = [] {
    std::unordered_map<std::string_view, char32_t> map;
    constexpr unsigned kLast = 9830;  // U+2666, "diams", is the highest of HTML 4
    for (unsigned value = 34; value <= kLast; ++value) {
      if (value == 1000) value = 8194;  // nothing between the Greek letters and the spaces
      const htmlEntityDesc* entity = htmlEntityValueLookup(value);
      if (entity != nullptr) map.emplace(entity->name, value);
    }
    map.emplace("apos", U'\'');
    return map;
  }();
  return names;
}

/// "#8364" or "#x20AC" without the semicolon; 0 when it is no number.
char32_t numeric_reference(std::string_view body) {
  const bool hex = body.size() > 1 && (body[1] == 'x' || body[1] == 'X');
  std::size_t at = hex ? 2 : 1;
  if (at >= body.size()) return 0;
  std::uint64_t value = 0;
  for (; at < body.size(); ++at) {
    const char c = to_lower(body[at]);
    const int digit = is_digit(c) ? c - '0' : (hex && c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
    if (digit < 0) return 0;
    value = value * (hex ? 16 : 10) + static_cast<std::uint64_t>(digit);
    if (value > 0x10FFFF) return 0xFFFD;
  }
  return value < 256 ? windows_1252(static_cast<unsigned char>(value)) : static_cast<char32_t>(value);
}

std::size_t reference_length(std::string_view text) {
  constexpr std::size_t kMax = 12;
  std::size_t at = 1;
  while (at < text.size() && at < kMax && (is_alnum(text[at]) || (at == 1 && text[at] == '#'))) ++at;
  return at;
}

}  // namespace

void append_unescaped(std::string_view text, std::string& result) {
  while (true) {
    const std::size_t amp = text.find('&');
    result.append(text.substr(0, amp));
    if (amp == std::string_view::npos) return;
    text.remove_prefix(amp);
    std::size_t length = reference_length(text);
    const std::string_view body = text.substr(1, length - 1);
    char32_t value = 0;
    if (!body.empty() && body[0] == '#') {
      value = numeric_reference(body);
    } else if (const auto found = entity_names().find(body); found != entity_names().end()) {
      value = found->second;
    }
    // "?a=1&copy=2": a parameter of a URL, not a reference.
    if (length < text.size() && text[length] == '=') value = 0;
    if (value == 0) {
      result.append(text.substr(0, length));
    } else {
      append_utf8(result, value);
      if (length < text.size() && text[length] == ';') ++length;
    }
    text.remove_prefix(length);
  }
}

std::string unescape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  append_unescaped(text, result);
  return result;
}

}  // namespace winnow
