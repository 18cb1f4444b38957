#include "config/http_url.h"

#include <algorithm>
#include <charconv>

#include "config/network.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_path_character(char c) {
  return c > 0x20 && c < 0x7F && std::string_view("?#\"<>\\^`{|}").find(c) == std::string_view::npos;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), is_name_character);
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0;
}

/// HOST, HOST:PORT, [IPV6] or [IPV6]:PORT; the port stays as it is without one.
bool read_authority(std::string_view text, HttpUrl& url) {
  std::string_view rest;
  if (text.starts_with("[")) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return false;
    url.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (url.host.find(':') == std::string::npos || !parse_ip_bytes(url.host)) return false;
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (!is_host(url.host)) return false;
  }
  return rest.empty() || (rest.front() == ':' && read_port(rest.substr(1), url.port));
}

}  // namespace

std::optional<HttpUrl> parse_http_url(std::string_view text) {
  HttpUrl url;
  if (text.size() > kMaxUrlBytes) return std::nullopt;
  for (const bool tls : {false, true}) {
    const std::string_view scheme = tls ? "https://" : "http://";
    if (!text.starts_with(scheme)) continue;
    url.tls = tls;
    url.port = tls ? 443 : 80;
    text.remove_prefix(scheme.size());
    const std::size_t slash = std::min(text.find('/'), text.size());
    url.path = text.substr(slash);
    while (url.path.ends_with('/')) url.path.pop_back();
    const bool path_fits = std::all_of(url.path.begin(), url.path.end(), is_path_character);
    return path_fits && read_authority(text.substr(0, slash), url) ? std::optional(url) : std::nullopt;
  }
  return std::nullopt;
}

std::string authority_of(const HttpUrl& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  return (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

}  // namespace winnow
