// authentication_results.cpp - splits at semicolons outside of comments and quotes.
#include "engine/message/authentication_results.h"

#include <algorithm>
#include <cstddef>
#include <utility>

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

/// The domain that a signature speaks for.
std::string signer_of(std::string_view result) {
  std::string domain = property(result, "header.d");
  if (domain.empty()) {
    const std::string identity = property(result, "header.i");
    const std::size_t at = identity.rfind('@');
    if (at != std::string::npos) domain = identity.substr(at + 1);
  }
  return comparable_host(domain);
}

/// The results of one header, method by method.
class Collected {
 public:
  explicit Collected(std::string_view from_domain) : from_(registrable_domain(from_domain)) {}

  void add(std::string_view result);

  Authentication results;

 private:
  void add_spf(std::string_view result, std::string verdict);
  void add_dkim(std::string_view result, const std::string& verdict);
  bool is_senders(const std::string& domain) const { return !from_.empty() && registrable_domain(domain) == from_; }

  const std::string from_;
  bool spf_is_of_helo_ = false;
};

/// RFC 8601 2.7.2: a server may check the HELO name, too, which says nothing about the envelope sender.
void Collected::add_spf(std::string_view result, std::string verdict) {
  const bool is_of_helo = !property(result, "smtp.helo").empty() && property(result, "smtp.mailfrom").empty();
  if (!results.spf.empty() && (is_of_helo || !spf_is_of_helo_)) return;
  results.spf = std::move(verdict);
  spf_is_of_helo_ = is_of_helo;
}

void Collected::add_dkim(std::string_view result, const std::string& verdict) {
  const bool passes = verdict == "pass";
  if (results.dkim.empty() || passes) results.dkim = verdict;
  if (!passes) return;
  std::string signer = signer_of(result);
  // Who sends for others signs for itself, too.
  if (results.dkim_domain.empty() || (is_senders(signer) && !is_senders(results.dkim_domain)))
    results.dkim_domain = std::move(signer);
}

void Collected::add(std::string_view result) {
  // Only the first word names a method and its result: the others are properties, whose values the sender may choose.
  const std::string_view first = result.substr(0, result.find_first_of(" \t\n\v\f\r"));
  const std::size_t equals = first.find('=');
  if (equals == std::string_view::npos) return;
  // RFC 8601 2.2: "dmarc/1" is a method with its version.
  const std::string_view method = first.substr(0, std::min(equals, first.find('/')));
  std::string verdict = to_lower(first.substr(equals + 1));
  if (verdict.empty()) return;
  if (equal_ignoring_case(method, "spf"))
    add_spf(result, std::move(verdict));
  else if (equal_ignoring_case(method, "dkim"))
    add_dkim(result, verdict);
  else if (equal_ignoring_case(method, "dmarc") && results.dmarc.empty())
    results.dmarc = std::move(verdict);
}

}  // namespace

void add_authentication_results(std::string_view value, const std::vector<std::string>& trusted_authserv_ids,
                                std::string_view from_domain, Authentication& results) {
  const std::string text = unquoted(value);
  const std::vector<std::string_view> pieces = split(text, ';');
  // "authserv-id" or "authserv-id 1", the version of the syntax.
  const std::string_view id = pieces[0].substr(0, pieces[0].find_first_of(" \t"));
  const bool trusted = is_among_ignoring_case(trusted_authserv_ids, id);
  if (!trusted || id.empty()) return;
  Collected found(from_domain);
  for (std::size_t i = 1; i < pieces.size(); ++i) found.add(pieces[i]);
  if (results.spf.empty()) results.spf = std::move(found.results.spf);
  if (results.dmarc.empty()) results.dmarc = std::move(found.results.dmarc);
  if (!results.dkim.empty()) return;
  results.dkim = std::move(found.results.dkim);
  results.dkim_domain = std::move(found.results.dkim_domain);
}

}  // namespace winnow
