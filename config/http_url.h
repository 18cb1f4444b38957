// http_url.h - where an HTTP server is, out of a URL that a person wrote.
//
// Owns:    a plain value.
// Fails:   parse_http_url returns nullopt.
// Source:  RFC 3986 3 (scheme, authority, path); user names, queries and fragments have no meaning here and are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace winnow {

struct HttpUrl {
  bool tls = false;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;
  std::string path;  // "" or "/..." without a slash at its end
  bool operator==(const HttpUrl&) const = default;
};

std::optional<HttpUrl> parse_http_url(std::string_view text);

/// "host:port", "[::1]:8000": as messages and the Host header name it.
std::string authority_of(const HttpUrl& url);

}  // namespace winnow
