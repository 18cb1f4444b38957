#include "rules/glob.h"

#include <algorithm>
#include <optional>

#include "config/ascii.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

/// Bytes of `text` that the piece, which holds no star, takes from its start; nullopt when it does not fit there.
std::optional<std::size_t> length_at_start(std::string_view piece, std::string_view text) {
  std::size_t at = 0;
  for (const char c : piece) {
    if (at >= text.size()) return std::nullopt;
    if (c == '?') {
      at += std::max<std::size_t>(1, utf8_length_at(text, at));
    } else if (to_lower(c) == to_lower(text[at])) {
      ++at;
    } else {
      return std::nullopt;
    }
  }
  return at;
}

bool fits_at_end(std::string_view piece, std::string_view text) {
  for (std::size_t start = 0; start <= text.size(); ++start) {
    const std::optional<std::size_t> length = length_at_start(piece, text.substr(start));
    if (length && start + *length == text.size()) return true;
  }
  return false;
}

/// Moves `text` behind the first place where the piece fits. The first is always as good as a later one.
bool skip_past(std::string_view piece, std::string_view& text) {
  for (std::size_t start = 0; start <= text.size(); ++start) {
    if (const std::optional<std::size_t> length = length_at_start(piece, text.substr(start))) {
      text.remove_prefix(start + *length);
      return true;
    }
  }
  return false;
}

}  // namespace

Glob::Glob(std::string_view pattern) {
  for (std::size_t star = pattern.find('*'); star != pattern.npos; star = pattern.find('*')) {
    pieces_.emplace_back(pattern.substr(0, star));
    pattern.remove_prefix(star + 1);
  }
  pieces_.emplace_back(pattern);
}

bool Glob::fits(std::string_view text) const {
  if (text.size() > kMaxGlobTextBytes) return false;
  const std::optional<std::size_t> first = length_at_start(pieces_.front(), text);
  if (!first) return false;
  text.remove_prefix(*first);
  if (pieces_.size() == 1) return text.empty();
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    if (!skip_past(pieces_[i], text)) return false;
  }
  return fits_at_end(pieces_.back(), text);
}

}  // namespace winnow
