#include "engine/message/plain_headers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "config/ascii.h"

namespace winnow {
namespace {

bool is_token_char(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '+'; }

std::string_view take_while(std::string_view& text, bool (*is_wanted)(char)) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_wanted);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void skip_spaces(std::string_view& text) {
  take_while(text, [](char c) { return c == ' ' || c == '\t'; });
}

/// What stands in quotes; "" when it is nothing or not plain.
std::string_view take_quoted(std::string_view& text) {
  if (!take(text, '"')) return {};
  const std::string_view inside =
      take_while(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  const bool is_plain = take(text, '"') && inside.find("=?") == std::string_view::npos;
  return is_plain ? inside : std::string_view{};
}

std::string* place_of(std::string_view parameter, ContentType& type) {
  if (equal_ignoring_case(parameter, "charset")) return &type.charset;
  if (equal_ignoring_case(parameter, "boundary")) return &type.boundary;
  if (equal_ignoring_case(parameter, "delsp")) return &type.delsp;
  return nullptr;
}

/// False when it is not plain.
bool take_parameter(std::string_view& rest, ContentType& type) {
  const std::string_view name = take_while(rest, [](char c) { return is_alpha(c) || c == '-'; });
  // Parameters that only GMime is asked for.
  if (name.empty() || equal_ignoring_case(name, "name") || equal_ignoring_case(name, "protocol") || !take(rest, '='))
    return false;
  const std::string_view value = rest.starts_with('"') ? take_quoted(rest) : take_while(rest, is_token_char);
  if (value.empty()) return false;
  if (std::string* place = place_of(name, type)) {
    if (!place->empty()) return false;
    *place = value;
  }
  skip_spaces(rest);
  return true;
}

/// Up to the first semicolon outside of quotes.
std::size_t parameter_length(std::string_view value) {
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '"') quoted = !quoted;
    if (value[i] == '\\' && quoted) ++i;
    if (value[i] == ';' && !quoted) return i;
  }
  return value.size();
}

/// Words of letters and digits with one space between them.
bool is_plain_phrase(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' && text.find("  ") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == ' '; });
}

bool is_plain_quoted(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' && text.find("  ") == std::string_view::npos &&
         text.find_first_of("()<>@:;[]") == std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos;
}

/// Up to the first comma outside of quotes.
std::size_t mailbox_length(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"') quoted = !quoted;
    if (list[i] == ',' && !quoted) return i;
  }
  return list.size();
}

/// local@domain with everything of `text`; false when it is not plain.
bool set_address(std::string_view text, Mailbox& mailbox) {
  const std::string_view local = take_while(text, is_token_char);
  if (!take(text, '@')) return false;
  const std::string_view domain = take_while(text, [](char c) { return is_alnum(c) || c == '-' || c == '.'; });
  mailbox.domain = to_lower(domain);
  mailbox.address.append(local).append("@").append(mailbox.domain);
  return text.empty() && is_dot_atom(local) && is_dot_atom(domain) && mailbox.domain.find("xn--") == std::string::npos;
}

}  // namespace

std::string with_few(char separator, std::size_t max, const std::string& value) {
  constexpr std::size_t kMaxWithQuoted = 400;
  std::size_t seen = 0, with_quoted = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '"') quoted = !quoted;
    if (value[i] == '\\' && quoted)
      ++i;
    else if (value[i] == separator && (++with_quoted > kMaxWithQuoted || (!quoted && ++seen > max)))
      return value.substr(0, i);
  }
  return value;
}

std::string with_needed_parameters(std::string_view value) {
  constexpr std::string_view kOfText[] = {"boundary", "charset"}, kOfFiles[] = {"filename", "name"};
  std::string needed, of_files;
  std::size_t of_text = 0;
  for (bool is_first = true; !value.empty(); is_first = false) {
    const std::string_view piece = value.substr(0, parameter_length(value));
    value.remove_prefix(std::min(piece.size() + 1, value.size()));
    // "name*", "name*0*": RFC 2231.
    const std::string_view name = trim(piece.substr(0, piece.find_first_of("=*")));
    if (is_first) {
      needed = piece;
    } else if (is_among_ignoring_case(kOfText, name)) {
      constexpr std::size_t kMaxOfText = 16;
      if (++of_text <= kMaxOfText) needed.append(";").append(piece);
    } else if (is_among_ignoring_case(kOfFiles, name)) {
      of_files.append(";").append(piece);
    }
  }
  return needed + of_files;
}

std::string with_subtype(const std::string& value) {
  const std::size_t end = std::min(value.find(';'), value.size());
  const std::string_view type = trim(std::string_view(value).substr(0, end));
  const bool is_text = equal_ignoring_case(type, "text") || equal_ignoring_case(type, "text/");
  return is_text ? "text/plain" + value.substr(end) : value;
}

std::optional<ContentType> plain_content_type(std::string_view value) {
  ContentType type;
  std::string_view rest = value;
  skip_spaces(rest);
  const std::string_view major = take_while(rest, is_token_char);
  if (major.empty() || !take(rest, '/')) return std::nullopt;
  const std::string_view minor = take_while(rest, is_token_char);
  if (minor.empty()) return std::nullopt;
  type.type = to_lower(major);
  type.type.append("/").append(to_lower(minor));
  skip_spaces(rest);
  while (!rest.empty()) {
    if (!take(rest, ';')) return std::nullopt;
    skip_spaces(rest);
    if (!take_parameter(rest, type)) return std::nullopt;
  }
  type.charset = to_lower(trim(type.charset));
  type.delsp = to_lower(type.delsp);
  return type;
}

std::optional<Mailbox> plain_mailbox(std::string_view value) {
  Mailbox mailbox;
  std::string_view rest = trim(value);
  const std::size_t open = rest.find('<');
  if (open == std::string_view::npos)
    return set_address(rest, mailbox) ? std::optional(std::move(mailbox)) : std::nullopt;
  std::string_view phrase = rest.substr(0, open);
  if (open < 2 || phrase.back() != ' ' || !rest.ends_with('>')) return std::nullopt;
  phrase.remove_suffix(1);
  const bool quoted = phrase.starts_with('"');
  const std::string_view name = quoted ? take_quoted(phrase) : phrase;
  if (quoted ? !phrase.empty() || !is_plain_quoted(name) : !is_plain_phrase(name)) return std::nullopt;
  mailbox.name = name;
  if (!set_address(rest.substr(open + 1, rest.size() - open - 2), mailbox)) return std::nullopt;
  return mailbox;
}

std::optional<std::vector<Mailbox>> plain_mailboxes(std::string_view value) {
  std::vector<Mailbox> mailboxes;
  while (true) {
    const std::size_t end = mailbox_length(value);
    std::optional<Mailbox> mailbox = plain_mailbox(value.substr(0, end));
    if (!mailbox) return std::nullopt;
    mailboxes.push_back(std::move(*mailbox));
    if (end == value.size()) return mailboxes;
    value.remove_prefix(end + 1);
  }
}

}  // namespace winnow
