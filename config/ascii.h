// ascii.h - character classes of protocol text. The C library's depend on the locale; headers and markup do not.
//
// Fails:   never.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace winnow {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
/// The value of a hexadecimal digit; -1 when it is none.
constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// What an octet is, as bits: one look instead of comparisons, for loops over whole texts.
/// Odd are controls that are no space, and all beyond ASCII.
enum OctetKind : std::uint8_t {
  kSmallLetter = 1,
  kCapital = 2,
  kLetter = 3,
  kDigit = 4,
  kAlnum = 7,
  kSpace = 8,
  kOdd = 16
};

inline constexpr std::array<std::uint8_t, 256> kOctetKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    std::uint8_t& kind = kinds[static_cast<std::size_t>(octet)];
    if (octet < ' ' || octet >= 127) kind = kOdd;
    if (is_alpha(c)) kind = to_lower(c) == c ? kSmallLetter : kCapital;
    if (is_digit(c)) kind = kDigit;
    if (is_space(c)) kind = kSpace;
  }
  return kinds;
}();
constexpr std::uint8_t octet_kind(char c) { return kOctetKinds[static_cast<unsigned char>(c)]; }

inline std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// The place of a name in a list of them, or the list's end.
template <typename Names>
auto find_ignoring_case(const Names& names, std::string_view name) {
  return std::find_if(std::begin(names), std::end(names),
                      [&](std::string_view one) { return equal_ignoring_case(one, name); });
}

template <typename Names>
bool is_among_ignoring_case(const Names& names, std::string_view name) {
  return find_ignoring_case(names, name) != std::end(names);
}

constexpr bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace winnow
