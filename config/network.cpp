#include "config/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace winnow {
namespace {

constexpr unsigned kV4Offset = 96;  // bits before the IPv4 address in its mapped form

/// The byte `index` of a mask of `prefix_bits` ones.
std::uint8_t mask_byte(unsigned prefix_bits, std::size_t index) {
  const unsigned first_bit = static_cast<unsigned>(index) * 8;
  if (prefix_bits >= first_bit + 8) return 0xFF;
  if (prefix_bits <= first_bit) return 0;
  return static_cast<std::uint8_t>(0xFFu << (8 - (prefix_bits - first_bit)));
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size() || bits > most) return std::nullopt;
  return bits;
}

}  // namespace

bool is_v4_mapped(const IpBytes& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) && bytes[10] == 0xFF &&
         bytes[11] == 0xFF;
}

std::optional<IpBytes> parse_ip_bytes(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN + 1];
  if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != text.npos) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  IpBytes bytes{};
  if (inet_pton(AF_INET6, buffer, bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xFF;
  if (inet_pton(AF_INET, buffer, bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

std::string format_ip_bytes(const IpBytes& bytes) {
  char buffer[INET6_ADDRSTRLEN + 1] = {};
  if (is_v4_mapped(bytes)) {
    inet_ntop(AF_INET, bytes.data() + 12, buffer, sizeof buffer);
  } else {
    inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
  }
  return buffer;
}

bool can_hold(unsigned prefix_bits, const IpBytes& address) {
  return prefix_bits >= kV4Offset || !is_v4_mapped(address);
}

bool IpNetwork::contains(const IpBytes& address) const {
  if (!can_hold(prefix_bits, address)) return false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::uint8_t mask = mask_byte(prefix_bits, i);
    if ((address[i] & mask) != (base[i] & mask)) return false;
  }
  return true;
}

bool IpNetwork::is_aligned() const {
  for (std::size_t i = 0; i < base.size(); ++i) {
    if ((base[i] & static_cast<std::uint8_t>(~mask_byte(prefix_bits, i))) != 0) return false;
  }
  return true;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpBytes> base = parse_ip_bytes(text.substr(0, slash));
  if (!base) return std::nullopt;
  if (slash == text.npos) return IpNetwork{*base, 128};
  // "::ffff:10.0.0.0/104" is written with IPv6 bits, "10.0.0.0/8" with IPv4 bits.
  const bool v4_text = text.substr(0, slash).find(':') == text.npos;
  const std::optional<unsigned> bits = parse_bits(text.substr(slash + 1), v4_text ? 32 : 128);
  if (!bits) return std::nullopt;
  return IpNetwork{*base, v4_text ? *bits + kV4Offset : *bits};
}

std::string IpNetwork::to_string() const {
  IpBytes cleared = base;
  for (std::size_t i = 0; i < cleared.size(); ++i) cleared[i] &= mask_byte(prefix_bits, i);
  const bool v4 = is_v4_mapped(cleared) && prefix_bits >= kV4Offset;
  return format_ip_bytes(cleared) + "/" + std::to_string(v4 ? prefix_bits - kV4Offset : prefix_bits);
}

}  // namespace winnow
