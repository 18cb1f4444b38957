// authentication_results.cpp - splits at semicolons outside of comments and quotes.
#include "engine/message/authentication_results.h"

#include <algorithm>
#include <cstddef>

#include "config/ascii.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

/// What separates results and words does so outside of quotes only: the sender chooses what stands within them.
char harmless(char c) { return c == ';' || is_space(c) ? '_' : c; }

/// Without comments, which may nest (RFC 5322 3.2.2), and without quotes.
std::string unquoted(std::string_view value) {
  std::string text;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      if (depth == 0) text += harmless(value[i + 1]);
      ++i;
    } else if (c == '"' && depth == 0) {
      quoted = !quoted;
    } else if (!quoted && c == '(') {
      ++depth;
    } else if (!quoted && c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      text += quoted ? harmless(c) : c;
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

/// The value of `name` in "method=result name=value c=d".
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
  // Only the first word names a method and its result: the others are properties, whose values the sender may choose.
  const std::string_view first = result.substr(0, result.find_first_of(" \t\n\v\f\r"));
  if (const std::string spf = property(first, "spf"); !spf.empty() && results.spf.empty()) results.spf = spf;
  if (const std::string dmarc = property(first, "dmarc"); !dmarc.empty() && results.dmarc.empty()) {
    results.dmarc = dmarc;
  }
  const std::string dkim = property(first, "dkim");
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
  const std::string text = unquoted(value);
  const std::vector<std::string_view> pieces = split(text, ';');
  // "authserv-id" or "authserv-id 1", the version of the syntax.
  const std::string_view id = pieces[0].substr(0, pieces[0].find_first_of(" \t"));
  const bool trusted = is_among_ignoring_case(trusted_authserv_ids, id);
  if (!trusted || id.empty()) return;
  for (std::size_t i = 1; i < pieces.size(); ++i) add_result(pieces[i], results);
}

}  // namespace winnow
