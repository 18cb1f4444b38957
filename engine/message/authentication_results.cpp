// authentication_results.cpp - splits at semicolons outside of comments and quotes.
#include "engine/message/authentication_results.h"

#include <algorithm>
#include <cstddef>

#include "config/ascii.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

/// Comments may nest (RFC 5322 3.2.2) and hold semicolons.
std::string without_comments(std::string_view value) {
  std::string text;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      if (depth == 0) text += value[i + 1];
      ++i;
    } else if (c == '"' && depth == 0) {
      quoted = !quoted;
    } else if (!quoted && c == '(') {
      ++depth;
    } else if (!quoted && c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      text += c;
    }
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

/// The value of `name` in "a=b name=value c=d".
std::string property(std::string_view result, std::string_view name) {
  std::size_t at = 0;
  while (at < result.size()) {
    while (at < result.size() && is_space(result[at])) ++at;
    std::size_t end = at;
    while (end < result.size() && !is_space(result[end])) ++end;
    const std::string_view word = result.substr(at, end - at);
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos && equal_ignoring_case(word.substr(0, equals), name)) {
      return to_lower(word.substr(equals + 1));
    }
    at = end;
  }
  return {};
}

void add_result(std::string_view result, Authentication& results) {
  if (const std::string spf = property(result, "spf"); !spf.empty() && results.spf.empty()) results.spf = spf;
  if (const std::string dmarc = property(result, "dmarc"); !dmarc.empty() && results.dmarc.empty()) {
    results.dmarc = dmarc;
  }
  const std::string dkim = property(result, "dkim");
  if (dkim.empty()) return;
  const bool better = dkim == "pass" && results.dkim != "pass";
  if (results.dkim.empty() || better) results.dkim = dkim;
  if (dkim != "pass" || !results.dkim_domain.empty()) return;
  results.dkim_domain = property(result, "header.d");
  if (results.dkim_domain.empty()) {
    const std::string identity = property(result, "header.i");
    const std::size_t at = identity.rfind('@');
    if (at != std::string::npos) results.dkim_domain = identity.substr(at + 1);
  }
  results.dkim_domain = comparable_host(results.dkim_domain);
}

}  // namespace

void add_authentication_results(std::string_view value, const std::vector<std::string>& trusted_authserv_ids,
                                Authentication& results) {
  const std::string text = without_comments(value);
  const std::vector<std::string_view> pieces = split(text, ';');
  // "authserv-id" or "authserv-id 1", the version of the syntax.
  const std::string_view id = pieces[0].substr(0, pieces[0].find_first_of(" \t"));
  const bool trusted = std::any_of(trusted_authserv_ids.begin(), trusted_authserv_ids.end(),
                                   [&](const std::string& name) { return equal_ignoring_case(name, id); });
  if (!trusted || id.empty()) return;
  for (std::size_t i = 1; i < pieces.size(); ++i) add_result(pieces[i], results);
}

}  // namespace winnow
