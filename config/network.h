// network.h - IP addresses and networks as bytes; the one place that reads their text forms.
//
// Fails:   a parser returns nullopt for anything that is not exactly one address or network.
// Units:   IPv4 is kept as its IPv4-mapped IPv6 form (RFC 4291 2.5.5.2), so a prefix counts 0..128 bits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace winnow {

using IpBytes = std::array<std::uint8_t, 16>;

bool is_v4_mapped(const IpBytes& bytes);
std::optional<IpBytes> parse_ip_bytes(std::string_view text);  // "192.0.2.1", "2001:db8::1"; no zone, no brackets
std::string format_ip_bytes(const IpBytes& bytes);

/// False for IPv4 addresses and networks such as ::/0, which hold them only by the form in which they are kept.
bool can_hold(unsigned prefix_bits, const IpBytes& address);

struct IpNetwork {
  IpBytes base{};
  unsigned prefix_bits = 128;  // 0..128; an IPv4 /24 is 120

  bool contains(const IpBytes& address) const;
  /// No bit is set past the prefix: "10.0.0.0/8" yes, "10.0.0.1/8" no.
  bool is_aligned() const;
  /// "ADDRESS" or "ADDRESS/BITS". A network need not be aligned; contains() looks at the prefix only.
  static std::optional<IpNetwork> parse(std::string_view text);
  std::string to_string() const;  // with the bits past the prefix cleared
};

}  // namespace winnow
