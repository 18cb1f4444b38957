#include "milter/plain_address.h"

#include <algorithm>
#include <optional>

#include "config/ascii.h"
#include "engine/message/charset.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_atom_text(char c) {  // RFC 5322 3.2.3, the dot between atoms, and UTF-8 (RFC 6531)
  return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

/// A name, or an address in brackets.
bool is_domain(std::string_view text) {
  const bool is_literal = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (is_literal) text = text.substr(1, text.size() - 2);
  return std::all_of(text.begin(), text.end(), [&](char c) { return is_atom_text(c) || (is_literal && c == ':'); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// An address cut at the "@" in front of its domain, with nothing in it that only belongs to the spelling.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// nullopt: a quote or comment has no end, or what stands behind the "@" is no domain.
  std::optional<std::string> read() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '(' ? !skip_comment() : c == '"' ? !read_quoted() : !read_plain(c)) return std::nullopt;
    }
    if (last_at_ == std::string::npos) return local_form(mailbox_);
    std::string domain = mailbox_.substr(last_at_ + 1);
    while (domain.ends_with('.')) domain.pop_back();
    if (!is_domain(domain)) return std::nullopt;
    return local_form(mailbox_.substr(0, last_at_)) + "@" + domain;
  }

 private:
  bool read_plain(char c) {
    if (is_blank(c)) return true;
    if (c == ':' && begins_with_at_ && !in_literal_) {  // the end of a source route
      mailbox_.clear();
      last_at_ = std::string::npos;
      begins_with_at_ = false;
      return true;
    }
    if (c == '[' || c == ']' || c == '@') in_literal_ = c == '[';
    if (c == '@') {
      last_at_ = mailbox_.size();
      begins_with_at_ = begins_with_at_ || last_at_ == 0;
    }
    if (c == '\\' && at_ < text_.size()) c = text_[at_++];
    mailbox_ += c;
    return true;
  }

  bool read_quoted() {
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      mailbox_ += text_[at_++];
    }
    return at_++ < text_.size();
  }

  bool skip_comment() {
    for (int depth = 1; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '\\') ++at_;
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) return true;
    }
    return false;
  }

  static std::string local_form(const std::string& local) {
    if (std::all_of(local.begin(), local.end(), is_atom_text)) return local;
    std::string quoted = "\"";
    for (const char c : local) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "\"";
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::string mailbox_;
  std::size_t last_at_ = std::string::npos;
  bool in_literal_ = false;      // a "[" has no "]" yet
  bool begins_with_at_ = false;  // with one outside of quotes, so that a ":" can end a source route
};

}  // namespace

std::string plain_address(std::string_view written) {
  written = trimmed(written);
  return Reader(written).read().value_or(std::string(written));
}

std::string comparable_address(std::string_view written) {
  const std::string plain = plain_address(written);
  const std::size_t at = plain.rfind('@');
  if (at == std::string::npos || is_ascii(std::string_view(plain).substr(at))) return plain;
  return plain.substr(0, at + 1) + comparable_host(std::string_view(plain).substr(at + 1));
}

}  // namespace winnow
