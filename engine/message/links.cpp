// links.cpp - a hand-written scan: one look at each octet, no regular expression.
#include "engine/message/links.h"

#include <libpsl.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>
#include <utility>

#include "config/ascii.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxUrl = 4096;
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxBareLinks = 1000;

/// Both marks of a URL in text, "://" and "www.", begin with one of these.
constexpr std::array<bool, 256> kUrlMarks = [] {
  std::array<bool, 256> marks{};
  for (const unsigned char mark : {':', 'w', 'W'}) marks[mark] = true;
  return marks;
}();

const psl_ctx_t* public_suffixes() {
  // The newer of the list built into libpsl and the one the distribution keeps up to date. Never freed: it
  // lives as long as the process.
  static const psl_ctx_t* const list = psl_latest(nullptr);
  return list;
}

const UIDNA* idna() {
  static const UIDNA* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA* opened = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
    return U_SUCCESS(status) ? opened : nullptr;
  }();
  return instance;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

bool is_url_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > 32 && octet != 127 && c != '<' && c != '>' && c != '"' && c != '`' && c != '{' && c != '}' &&
         c != '|' && c != '^';
}

/// Without the punctuation that ends the sentence. A bracket goes unless it closes one of the URL's own.
std::string_view without_tail(std::string_view url) {
  const auto opened = std::count(url.begin(), url.end(), '(');
  auto closed = std::count(url.begin(), url.end(), ')');
  while (!url.empty()) {
    const char last = url.back();
    if (last == ')' ? closed <= opened : std::string_view(".,;:!?'\"]*_").find(last) == std::string_view::npos) break;
    if (last == ')') --closed;
    url.remove_suffix(1);
  }
  return url;
}

/// Of the names that people write, and of addresses.
bool is_host_octet(char c) {
  return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == ':' || c == '[' || c == ']';
}

/// Browsers look up every ASCII name but those with such octets (WHATWG URL, forbidden domain code points), and a wildcard in
/// the DNS answers. Top-level domains are plain all the same: "{{shop}}" is a place to be filled in.
bool may_be_host(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), is_host_octet)) return true;
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot), name.end(), is_host_octet) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c > ' ' && c != 127 && std::string_view("#/:<>?@[]\\^|%").find(c) == std::string_view::npos;
         });
}

/// Spaces, quotes, dashes and other punctuation beyond ASCII stand around URLs, not in them.
bool ends_url(char32_t c) {
  // CJK punctuation and full-width forms, letters among them.
  if ((c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF3F)) return true;
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_Z_MASK | U_GC_P_MASK)) != 0;
}

/// Whether its last label is a known public suffix.
bool ends_in_suffix(std::string_view name) {
  if (name.find('.') == std::string_view::npos) return false;
  const std::string last = to_lower(name.substr(name.rfind('.') + 1));
  return public_suffixes() != nullptr &&
         psl_is_public_suffix2(public_suffixes(), last.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

bool is_latin(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status) == USCRIPT_LATIN;
}

/// Where a URL in text ends because its host does: behind a whole name no other punctuation and no other script goes on. Written
/// "http://a.example,http://b.example" and, without blanks, in Chinese.
std::size_t end_by_host(std::string_view url) {
  const std::size_t mark = url.substr(0, std::string_view("https://").size()).find("://");
  const std::size_t from = mark == std::string_view::npos ? 0 : mark + 3;
  const std::string_view authority = url.substr(from, url.find_first_of("/\\?#", from) - from);
  if (authority.find('@') != std::string_view::npos) return url.size();
  const auto* odd = std::find_if_not(authority.begin(), authority.end(), is_host_octet);
  if (odd == authority.end()) return url.size();
  std::size_t at = static_cast<std::size_t>(odd - authority.begin());
  std::string_view name = authority.substr(0, std::min(at, authority.find(':')));
  while (name.ends_with('.')) name.remove_suffix(1);
  if (!ends_in_suffix(name) && !is_ip_address(name)) return url.size();
  std::size_t next = at;
  const char32_t c = next_code_point(authority, next);
  return c >= 0x80 && is_latin(c) ? url.size() : from + at;
}

/// From `begin` on, what a URL can be made of.
std::string_view url_octets(std::string_view text, std::size_t begin, std::size_t most) {
  std::size_t end = begin;
  while (end < text.size() && end - begin < most && is_url_octet(text[end])) {
    std::size_t next = end;
    if (const char32_t c = next_code_point(text, next); c >= 0x80 && ends_url(c)) break;
    end = next;
  }
  return text.substr(begin, end - begin);
}

std::string_view url_at(std::string_view text, std::size_t begin) {
  // The host first, and no more than it: in "http://a.example,http://b.example," and so on each is the start of all others.
  const std::string_view start = url_octets(text, begin, std::string_view("https://").size() + kMaxHost + 1);
  const std::size_t end = end_by_host(start);
  return without_tail(end < start.size() ? start.substr(0, end) : url_octets(text, begin, kMaxUrl));
}

void add_text_link(std::string_view url, std::vector<Link>& links) {
  Link link;
  link.url = starts_ignoring_case(url, "www.") ? "http://" + std::string(url) : std::string(url);
  complete_link(link);
  if (!link.host.empty() && link.host.find('.') != std::string::npos) links.push_back(std::move(link));
}

/// A name such as "bank.example": letters, digits, hyphens, dots; the last label is a known public suffix.
bool is_host_name(std::string_view text) {
  if (text.size() > kMaxHost || text.find('.') == std::string_view::npos) return false;
  if (!is_alpha(text.back()) || text.front() == '.' || text.front() == '-') return false;
  const bool shape = std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-' || c == '.'; });
  return shape && text.find("..") == std::string_view::npos && ends_in_suffix(text);
}

/// Of the scheme in front of a colon (RFC 3986 3.1); 0 when there is none.
std::size_t scheme_length(std::string_view url) {
  std::size_t at = 0;
  const auto goes_on = [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
  while (at < url.size() && (at == 0 ? is_alpha(url[at]) : goes_on(url[at]))) ++at;
  return at < url.size() && url[at] == ':' ? at : 0;
}

}  // namespace

bool is_ip_address(std::string_view host) {
  if (!host.empty() && host.front() == '[') return true;
  if (host.find(':') != std::string_view::npos) return true;
  if (host.empty() || !is_digit(host.front())) return false;
  // Browsers take 0xC0000201 and 3221225985 for addresses too.
  const bool hex = host.size() > 2 && host[0] == '0' && to_lower(host[1]) == 'x';
  return std::all_of(host.begin(), host.end(), [hex](char c) {
    const char lower = to_lower(c);
    return is_digit(c) || c == '.' || (hex && ((lower >= 'a' && lower <= 'f') || lower == 'x'));
  });
}

std::string ascii_host(std::string_view written) {
  written = written.substr(0, 4 * kMaxHost);
  std::string host =
      written.find('%') == std::string_view::npos ? to_lower(written) : to_lower(percent_decoded(written));
  while (!host.empty() && host.back() == '.') host.pop_back();
  if (host.empty() || is_ascii(host)) {
    return host.size() <= kMaxHost && may_be_host(host) ? host : std::string();
  }
  if (idna() == nullptr || !is_utf8(host)) return {};
  UErrorCode status = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  char ascii[kMaxHost + 1];
  const int32_t length = uidna_nameToASCII_UTF8(idna(), host.data(), static_cast<int32_t>(host.size()), ascii,
                                                static_cast<int32_t>(sizeof ascii), &info, &status);
  if (U_FAILURE(status) || length <= 0 || length > static_cast<int32_t>(kMaxHost)) return {};
  std::string result(ascii, static_cast<std::size_t>(length));
  return is_ascii(result) && result.find_first_of(" <>\"") == std::string::npos ? result : std::string();
}

std::string comparable_host(std::string_view host) {
  std::string ascii = is_ascii(host) ? std::string() : ascii_host(host);
  return ascii.empty() ? to_lower(host) : ascii;
}

std::string cleaned_url(std::string_view written) {
  const auto is_dropped = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!written.empty() && is_dropped(written.front())) written.remove_prefix(1);
  while (!written.empty() && is_dropped(written.back())) written.remove_suffix(1);
  std::string url(written);
  const auto breaks = [](char c) { return c == '\n' || c == '\r' || c == '\t'; };
  url.erase(std::remove_if(url.begin(), url.end(), breaks), url.end());
  return url;
}

std::string resolved_url(std::string_view url, std::string_view base) {
  constexpr std::string_view kSlashes = "/\\";
  const bool is_rooted = !url.empty() && kSlashes.find(url[0]) != std::string_view::npos;
  const bool names_host = is_rooted && url.size() > 1 && kSlashes.find(url[1]) != std::string_view::npos;
  const std::string_view scheme = base.substr(0, base.find(':'));
  if (names_host) return std::string(base.empty() ? "http" : scheme) + ":" + std::string(url);
  if (base.empty() || url.empty()) return std::string(url);
  const std::size_t colon = scheme_length(url);
  // Browsers read "https:page" below https://host/ as they read "page".
  const bool is_relative = colon > 0 && equal_ignoring_case(url.substr(0, colon), scheme) &&
                           (colon + 1 == url.size() || kSlashes.find(url[colon + 1]) == std::string_view::npos);
  if (colon > 0 && !is_relative) return std::string(url);
  if (is_relative) url.remove_prefix(colon + 1);
  base = base.substr(0, base.find('#'));
  if (url.empty()) return std::string(base);
  const std::size_t host = std::min(base.find_first_not_of(kSlashes, scheme.size() + 1), base.size());
  const std::size_t path = std::min(base.find_first_of("/\\?", host), base.size());
  if (is_rooted) return std::string(base.substr(0, path)) + std::string(url);
  const std::string_view page = base.substr(0, base.find('?', path));
  if (url[0] == '#') return std::string(base) + std::string(url);
  if (url[0] == '?') return std::string(page) + std::string(url);
  const std::size_t slash = page.find_last_of(kSlashes);
  const bool has_folder = slash != std::string_view::npos && slash >= path;
  return std::string(has_folder ? page.substr(0, slash + 1) : page.substr(0, path)) + (has_folder ? "" : "/") +
         std::string(url);
}

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  url = trim(url);
  const std::size_t colon = scheme_length(url);
  if (colon == 0 || colon > 20) return parts;
  parts.scheme = to_lower(url.substr(0, colon));
  std::string_view rest = url.substr(colon + 1);
  const bool web = parts.scheme == "http" || parts.scheme == "https" || parts.scheme == "ftp";
  if (!web) return parts;
  // Browsers take any number of slashes and backslashes here.
  while (!rest.empty() && (rest.front() == '/' || rest.front() == '\\')) rest.remove_prefix(1);
  const std::size_t end = std::min(rest.find_first_of("/\\?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  parts.path = rest.substr(end);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    parts.has_user = true;
    authority.remove_prefix(at + 1);
  }
  const bool bracketed = !authority.empty() && authority.front() == '[';
  const std::size_t port = bracketed ? authority.find("]:") : authority.rfind(':');
  if (port != std::string_view::npos) {
    const std::size_t digits = authority[port] == ']' ? port + 2 : port + 1;
    parts.port = authority.substr(digits);
    authority = authority.substr(0, digits - 1);
  }
  parts.host = ascii_host(authority);
  return parts;
}

namespace {

std::string domain_by_list(std::string_view host) {
  const std::string name = to_lower(host);
  const char* domain = psl_registrable_domain(public_suffixes(), name.c_str());
  return domain == nullptr ? name : std::string(domain);
}

}  // namespace

std::string registrable_domain(std::string_view host) {
  if (is_ip_address(host) || public_suffixes() == nullptr) return std::string(host);
  if (host.empty() || host.size() > kMaxHost) return domain_by_list(host);
  // The list is searched by a dozen comparisons for each label; a message names the same few hosts again and again.
  struct Answer {
    std::string host, domain;
  };
  static thread_local std::array<Answer, 64> answers;
  Answer& answer = answers[std::hash<std::string_view>()(host) % answers.size()];
  if (answer.host != host) answer = {std::string(host), domain_by_list(host)};
  return answer.domain;
}

std::string_view Link::path() const { return trim(std::string_view(url).substr(path_at)); }

std::string domain_named_in(std::string_view text) {
  text = text.substr(0, 512);
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() &&
           (is_space(text[at]) || std::string_view("(<[\"'>").find(text[at]) != std::string_view::npos))
      ++at;
    std::size_t end = at;
    while (end < text.size() && is_url_octet(text[end])) ++end;
    const std::string_view word = without_tail(text.substr(at, end - at));
    at = end + 1;
    if (word.empty() || word.find('@') != std::string_view::npos) continue;
    if (word.find("://") != std::string_view::npos) {
      const UrlParts parts = split_url(word);
      if (parts.host.find('.') != std::string::npos) return registrable_domain(parts.host);
    }
    const std::string_view name = word.substr(0, word.find_first_of("/:?#"));
    if (!name.empty() && is_host_name(name)) return registrable_domain(name);
  }
  return {};
}

void complete_link(Link& link) {
  UrlParts parts = split_url(link.url);
  link.scheme = std::move(parts.scheme);
  link.host = std::move(parts.host);
  link.has_user = parts.has_user;
  link.has_odd_port = !parts.port.empty() && parts.port != "80" && parts.port != "443";
  link.path_at = parts.path.empty() ? link.url.size() : static_cast<std::size_t>(parts.path.data() - link.url.data());
  if (!link.host.empty()) link.domain = registrable_domain(link.host);
  if (trim(link.text).size() < link.text.size()) link.text = std::string(trim(link.text));
  if (!link.text.empty()) link.text_domain = domain_named_in(link.text);
}

bool find_links(std::string_view text, std::size_t max, std::vector<Link>& links) {
  std::size_t at = 0;
  while (at < text.size()) {
    // Both marks of a URL hold one of these octets behind at most five letters.
    std::size_t mark = at;
    while (mark < text.size() && !kUrlMarks[static_cast<unsigned char>(text[mark])]) ++mark;
    if (mark == text.size()) return true;
    at = mark + 1;
    std::size_t begin = std::string_view::npos;
    if (text[mark] == ':') {
      if (text.compare(mark, 3, "://") != 0) continue;
      begin = mark;
      while (begin > 0 && mark - begin < 6 && is_alpha(text[begin - 1])) --begin;
    } else if (starts_ignoring_case(text.substr(mark), "www.") && (mark == 0 || !is_alnum(text[mark - 1]))) {
      begin = mark;
    }
    if (begin == std::string_view::npos) continue;
    // Looked at before the rest of the URL is: a text may hold "a://" at every fourth octet.
    const std::string_view rest = text.substr(begin);
    const bool known =
        starts_ignoring_case(rest, "http") || starts_ignoring_case(rest, "ftp") || starts_ignoring_case(rest, "www.");
    if (!known) continue;
    if (links.size() >= max) return false;
    const std::string_view url = url_at(text, begin);
    add_text_link(url, links);
    at = std::max(at, begin + url.size());
  }
  return true;
}

std::vector<Link> bare_links(std::string_view visible, const std::vector<Link>& links, std::size_t first) {
  std::vector<Link> written, bare, of_anchor;
  find_links(visible, kMaxBareLinks, written);
  if (written.empty()) return bare;
  std::unordered_map<std::string, std::size_t> in_anchors;
  constexpr std::size_t kLinked = static_cast<std::size_t>(-1) / 2;
  for (std::size_t i = first; i < links.size(); ++i) {
    of_anchor.clear();
    find_links(links[i].text, kMaxBareLinks, of_anchor);
    for (const Link& link : of_anchor) ++in_anchors[link.host];
  }
  for (const Link& link : links) in_anchors[link.host] = kLinked;
  for (Link& link : written) {
    std::size_t& left = in_anchors[link.host];
    if (left > 0) {
      --left;
      continue;
    }
    left = kLinked;
    link.from_html = true;
    bare.push_back(std::move(link));
  }
  return bare;
}

}  // namespace winnow
