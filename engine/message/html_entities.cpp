// html_entities.cpp - numeric references by hand; names from libxml2's table, turned into a hash map once.
#include "engine/message/html_entities.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>

#include "config/ascii.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

struct NewName {
  std::string_view name;
  char32_t value;
};

/// Of the two thousand names of HTML 5 those for blanks, for what is not seen and for the marks in URLs: spam hides words
/// and addresses behind them. Unlike the names of HTML 4 these need their semicolon.
constexpr NewName kNewNames[] = {
    {"Tab;", 0x09},
    {"NewLine;", 0x0A},
    {"excl;", U'!'},
    {"num;", U'#'},
    {"dollar;", U'$'},
    {"percnt;", U'%'},
    {"lpar;", U'('},
    {"rpar;", U')'},
    {"ast;", U'*'},
    {"plus;", U'+'},
    {"comma;", U','},
    {"period;", U'.'},
    {"sol;", U'/'},
    {"colon;", U':'},
    {"semi;", U';'},
    {"equals;", U'='},
    {"quest;", U'?'},
    {"commat;", U'@'},
    {"midast;", U'*'},
    {"lbrack;", U'['},
    {"lsqb;", U'['},
    {"bsol;", U'\\'},
    {"rbrack;", U']'},
    {"rsqb;", U']'},
    {"lowbar;", U'_'},
    {"UnderBar;", U'_'},
    {"NonBreakingSpace;", 0xA0},
    {"emsp13;", 0x2004},
    {"emsp14;", 0x2005},
    {"numsp;", 0x2007},
    {"puncsp;", 0x2008},
    {"ThinSpace;", 0x2009},
    {"hairsp;", 0x200A},
    {"VeryThinSpace;", 0x200A},
    {"ThickSpace;", 0x205F},
    {"ZeroWidthSpace;", 0x200B},
    {"NegativeVeryThinSpace;", 0x200B},
    {"NegativeThinSpace;", 0x200B},
    {"NegativeMediumSpace;", 0x200B},
    {"NegativeThickSpace;", 0x200B},
    {"hyphen;", 0x2010},
    {"MediumSpace;", 0x205F},
    {"NoBreak;", 0x2060},
    {"ApplyFunction;", 0x2061},
    {"af;", 0x2061},
    {"InvisibleTimes;", 0x2062},
    {"it;", 0x2062},
    {"InvisibleComma;", 0x2063},
    {"ic;", 0x2063},
};

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
    for (const auto& [name, value] : kNewNames) map.emplace(name, value);
    return map;
  }();
  return names;
}

struct Reference {
  std::size_t length = 0;  // of what is written, the semicolon too
  char32_t value = 0;      // 0: it is no reference
};

std::size_t with_semicolon(std::string_view text, std::size_t length) {
  return length < text.size() && text[length] == ';' ? length + 1 : length;
}

/// "&#8364;" or "&#x20AC;" with any number of zeros; as in browsers it ends at the first octet that is no digit.
Reference numeric_reference(std::string_view text) {
  constexpr char32_t kBeyond = 0x110000;
  const bool hex = text.size() > 2 && to_lower(text[2]) == 'x';
  const std::size_t begin = hex ? 3 : 2;
  std::size_t at = begin;
  char32_t value = 0;
  for (; at < text.size(); ++at) {
    const char c = to_lower(text[at]);
    const int digit = is_digit(c) ? c - '0' : (hex && c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
    if (digit < 0) break;
    value = std::min<char32_t>(value * (hex ? 16 : 10) + static_cast<char32_t>(digit), kBeyond);
  }
  if (at == begin) return {at, 0};
  if (value < 256) value = windows_1252(static_cast<unsigned char>(value));
  return {with_semicolon(text, at), value};
}

Reference named_reference(std::string_view text) {
  constexpr std::size_t kMax = 24;
  std::size_t length = 1;
  while (length < text.size() && length < kMax && is_alnum(text[length])) ++length;
  const std::size_t whole = with_semicolon(text, length);
  auto found = entity_names().find(text.substr(1, length - 1));
  if (found == entity_names().end()) found = entity_names().find(text.substr(1, whole - 1));
  // "?a=1&copy=2": a parameter of a URL, not a reference.
  const bool is_parameter = length < text.size() && text[length] == '=';
  if (found == entity_names().end() || is_parameter) return {length, 0};
  return {whole, found->second};
}

}  // namespace

void append_unescaped(std::string_view text, std::string& result) {
  while (true) {
    const std::size_t amp = text.find('&');
    result.append(text.substr(0, amp));
    if (amp == std::string_view::npos) return;
    text.remove_prefix(amp);
    const bool is_number = text.size() > 1 && text[1] == '#';
    const Reference reference = is_number ? numeric_reference(text) : named_reference(text);
    if (reference.value == 0) {
      result.append(text.substr(0, reference.length));
    } else {
      append_utf8(result, reference.value);
    }
    text.remove_prefix(reference.length);
  }
}

std::string unescape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  append_unescaped(text, result);
  return result;
}

}  // namespace winnow
