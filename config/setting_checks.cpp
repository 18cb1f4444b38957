#include "config/setting_checks.h"

#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "config/ascii.h"
#include "config/http_url.h"
#include "config/network.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

constexpr std::size_t kSocketPathBytes = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t kFlagValueBytes = 200;

template <typename Predicate>
bool all_of(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && is_alnum(text.front()) && is_alnum(text.back()) &&
         all_of(text, [](char c) { return is_alnum(c) || c == '.' || c == '-'; });
}

std::string_view without_brackets(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') return text.substr(1, text.size() - 2);
  return text;
}

bool is_v6_address(std::string_view text) { return text.find(':') != text.npos && parse_ip_bytes(text).has_value(); }

bool is_v4_or_name(std::string_view text) {
  // A name of digits and dots only is a mistyped address, not a name.
  if (all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; })) return parse_ip_bytes(text).has_value();
  return is_host_name(text);
}

bool is_numbered_gpu(std::string_view text) {
  const std::string_view number = text.substr(std::min<std::size_t>(5, text.size()));
  const bool is_number =
      !number.empty() && number.size() <= 3 && all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  return text.starts_with("cuda:") && is_number;
}

std::string check_unix_path(std::string_view path) {
  if (path.empty() || !is_printable_ascii(path)) return "must name a path after 'unix:'";
  if (path.size() > kSocketPathBytes) {
    return "must name a socket path of at most " + std::to_string(kSocketPathBytes) + " bytes";
  }
  return {};
}

}  // namespace

std::string check_milter_socket(const std::string& text) {
  const std::string_view all = text;
  if (all.starts_with("unix:")) return check_unix_path(all.substr(5));
  const bool v4 = all.starts_with("inet:");
  const bool v6 = all.starts_with("inet6:");
  if (!v4 && !v6) return "must be unix:PATH, inet:PORT@ADDRESS or inet6:PORT@ADDRESS";
  const std::string_view rest = all.substr(v4 ? 5 : 6);
  const std::size_t at = rest.find('@');
  if (at == rest.npos || !is_port(rest.substr(0, at))) {
    return v4 ? "must be inet:PORT@ADDRESS, such as inet:8891@127.0.0.1"
              : "must be inet6:PORT@ADDRESS, such as inet6:8891@::1";
  }
  const std::string_view address = rest.substr(at + 1);
  if (v4 ? is_v4_or_name(address) : is_v6_address(without_brackets(address)) || is_v4_or_name(address)) return {};
  return v4 ? "must name an IPv4 address or a host after the '@'" : "must name an IPv6 address or a host after the '@'";
}

std::string check_listen_address(const std::string& text) {
  const std::string_view all = text;
  if (all.empty()) return {};
  if (all.starts_with("unix:")) return check_unix_path(all.substr(5));
  const std::string expected = "must be ADDRESS:PORT, [IPV6]:PORT, unix:PATH or \"\" for off";
  const std::size_t colon = all.rfind(':');
  if (colon == all.npos || !is_port(all.substr(colon + 1))) return expected;
  const std::string_view address = all.substr(0, colon);
  if (address.starts_with("[")) return is_v6_address(without_brackets(address)) ? "" : expected;
  return parse_ip_bytes(address) && address.find(':') == address.npos ? "" : expected;
}

std::string check_address_to_ask(const std::string& text) {
  if (check_listen_address(text).empty()) return {};
  const std::string_view all = text;
  const std::size_t colon = all.rfind(':');
  const bool is_named = colon != all.npos && is_port(all.substr(colon + 1)) && is_v4_or_name(all.substr(0, colon));
  return is_named ? "" : "must be ADDRESS:PORT or unix:PATH";
}

std::string check_group_name(const std::string& text) {
  const bool fits = text.size() <= 32 && !text.starts_with("-") &&
                    all_of(text, [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
  return fits ? "" : "must be the name of a group, or \"\" for the daemon's own";
}

std::string check_sha256(const std::string& text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); };
  const bool fits = text.empty() || (text.size() == 64 && all_of(text, is_hex));
  return fits ? "" : "must be 64 hexadecimal digits, or \"\" for no check";
}

std::string check_device(const std::string& text) {
  const bool known = text == "auto" || text == "cpu" || text == "cuda" || is_numbered_gpu(text);
  return known ? "" : "must be auto, cpu, cuda or cuda:N, or a list such as [cuda:0, cuda:1]";
}

std::string check_device_of_list(const std::string& text) {
  return text == "cpu" || is_numbered_gpu(text) ? "" : "must list devices as cpu or cuda:N";
}

std::string check_pool_url(const std::string& text) {
  return parse_http_url(text) ? "" : "must be http://HOST:PORT or https://HOST:PORT, with a path if the pool has one";
}

std::string check_pool_model(const std::string& text) {
  const bool fits = !text.empty() && text.size() <= 128 && text.front() != '.' &&
                    all_of(text, [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
  return fits ? "" : "must be the model's name in the pool: letters, digits, '_', '-' and '.'";
}

std::string check_authserv_id(const std::string& text) {
  // Servers write it without: such a name would trust none of them, and nobody would miss SPF, DKIM and DMARC.
  if (text.ends_with('.')) return "must stand without the dot behind it";
  const bool fits = !text.empty() && text.size() <= 255 && all_of(text, [](char c) {
    return c > 0x20 && c <= 0x7E && std::string_view("();,\"=\\").find(c) == std::string_view::npos;
  });
  return fits ? "" : "must be the name that a server writes first into Authentication-Results, such as mx.example.org";
}

std::string check_skip_entry(const std::string& text) {
  if (text == "authenticated") return {};
  const std::optional<IpNetwork> network = IpNetwork::parse(text);
  if (!network) return "must be 'authenticated' or a network such as 192.0.2.0/24";
  // Almost always a typing mistake, and the two readings differ in which mail goes unseen.
  return network->is_aligned() ? "" : "has bits set after its prefix; write " + network->to_string();
}

std::string check_flag_name(const std::string& text) {
  if (!is_header_name(text)) return "must be a header name: printable ASCII without blanks and ':'";
  // Mail that comes in with this header loses it: a name of a mail program's or a server's own would be taken away.
  if (!starts_ignoring_case(text, "X-") || text.size() == 2)
    return "must begin with X-, because it is removed from all mail that comes in";
  // Sieve rules around the world file X-Spam-Flag as junk; the flag threshold must stay milder than that.
  for (const std::string_view used : {"X-Spam", "X-Spam-Flag", "X-Spam-Score", "X-Spam-Level", "X-Winnow"}) {
    if (equal_ignoring_case(text, used)) return "must not be a header that Winnow writes for another purpose";
  }
  return starts_ignoring_case(text, "X-Spam-") ? "must not begin with X-Spam-, which other programs take for junk" : "";
}

std::string check_flag_value(const std::string& text) {
  const bool fits = !text.empty() && text.size() <= kFlagValueBytes && is_printable_ascii(text);
  return fits ? "" : "must be 1 to " + std::to_string(kFlagValueBytes) + " printable ASCII characters";
}

std::string check_currency(const std::string& text) {
  const bool fits = text.size() == 3 && all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  return fits ? "" : "must be the three capitals of a currency, such as EUR";
}

}  // namespace winnow
