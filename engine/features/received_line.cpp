#include "engine/features/received_line.h"

#include <algorithm>
#include <vector>

#include "config/ascii.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxBytes = 600;  // what follows is id, recipient and date
constexpr std::size_t kMaxWord = 80;

bool is_host_char(char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; }

/// Words of hosts and protocols; brackets and parentheses are words of their own.
std::vector<std::string> words_of(std::string_view value) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(word.substr(0, kMaxWord));
    word.clear();
  };
  for (const char c : value.substr(0, kMaxBytes)) {
    if (is_host_char(c)) {
      word += to_lower(c);
      continue;
    }
    end_word();
    if (c == ';') break;  // the date
    if (c == '(' || c == ')' || c == '[' || c == ']') words.emplace_back(1, c);
  }
  end_word();
  return words;
}

bool is_ip(std::string_view word) {
  const auto dots = std::count(word.begin(), word.end(), '.');
  const bool digits = std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (digits) return dots == 3 && word.size() >= 7;
  return std::count(word.begin(), word.end(), ':') >= 2;
}

/// "ipv6:2001:db8::1" as RFC 5321 writes it.
std::string without_tag(const std::string& ip) { return ip.rfind("ipv6:", 0) == 0 ? ip.substr(5) : ip; }

/// What stands between "from" and "by".
void take_from_word(const std::string& word, ReceivedLine& line) {
  const bool sign = word == "(" || word == ")" || word == "[" || word == "]";
  if (sign || word == "helo" || word == "ehlo" || word == "unknown") return;
  if (is_ip(word)) {
    if (line.ip.empty()) line.ip = without_tag(word);
  } else if (line.helo.empty()) {
    line.helo = word;
  } else if (line.name.empty() && word.find('.') != std::string::npos) {
    line.name = word;
  }
}

}  // namespace

ReceivedLine parse_received(std::string_view value) {
  ReceivedLine line;
  enum class Part { None, From, By, With } part = Part::None;
  for (const std::string& word : words_of(value)) {
    if (word == "from" && part == Part::None) {
      part = Part::From;
    } else if (word == "by" && line.by.empty()) {
      part = Part::By;
    } else if (word == "with" && line.with.empty()) {
      part = Part::With;
    } else if (part == Part::From) {
      take_from_word(word, line);
    } else if (part == Part::By && line.by.empty()) {
      line.by = word;
    } else if (part == Part::With && line.with.empty()) {
      line.with = word;
    }
  }
  return line;
}

bool is_local_hop(const ReceivedLine& line) {
  if (line.helo.empty() && line.ip.empty()) return true;
  for (const std::string_view protocol : {"lmtp", "imap", "pop3", "local"}) {
    if (line.with.rfind(protocol, 0) == 0) return true;
  }
  return line.ip.rfind("127.", 0) == 0 || line.ip == "::1";
}

}  // namespace winnow
