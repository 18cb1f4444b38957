#include "rules/value_list.h"

#include <algorithm>
#include <functional>

#include "config/text_checks.h"

namespace winnow {
namespace {

IpBytes masked(IpBytes bytes, unsigned prefix_bits) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = prefix_bits > i * 8 ? std::min(8u, prefix_bits - i * 8) : 0;
    bytes[i] &= static_cast<std::uint8_t>(0xFF00u >> kept);
  }
  return bytes;
}

}  // namespace

std::size_t IgnoringCase::operator()(std::string_view text) const {
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a, over lower case
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(ascii_lower(c))) * 1099511628211u;
  return static_cast<std::size_t>(hash);
}

bool IgnoringCase::operator()(std::string_view left, std::string_view right) const {
  return equal_ignoring_case(left, right);
}

void TextSet::add(std::string_view entry) {
  if (entry.starts_with("*.")) {
    suffixes_.emplace(entry.substr(1));
  } else {
    exact_.emplace(entry);
  }
}

bool TextSet::contains(std::string_view text) const {
  if (exact_.find(text) != exact_.end()) return true;
  if (suffixes_.empty()) return false;
  // A suffix is looked up at every dot but a leading one: ".x" itself is no name below x. RFC 1035 allows 127 labels
  // of a name; the bound keeps a text of nothing but dots from being hashed over and over.
  std::size_t looked_up = 0;
  for (std::size_t dot = text.rfind('.'); dot != text.npos && dot > 0 && looked_up < 128; ++looked_up) {
    if (suffixes_.find(text.substr(dot)) != suffixes_.end()) return true;
    dot = text.rfind('.', dot - 1);
  }
  return false;
}

bool TextSet::is_valid(std::string_view entry) {
  const std::string_view rest = entry.starts_with("*.") ? entry.substr(2) : entry;
  return !rest.empty() && rest.find('*') == rest.npos;
}

std::size_t NetworkSet::BytesHash::operator()(const IpBytes& bytes) const {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void NetworkSet::add(const IpNetwork& network) {
  auto found = std::find_if(prefixes_.begin(), prefixes_.end(),
                            [&](const OfPrefix& of) { return of.prefix_bits == network.prefix_bits; });
  if (found == prefixes_.end()) found = prefixes_.insert(found, {network.prefix_bits, {}});
  found->bases.insert(masked(network.base, network.prefix_bits));
}

bool NetworkSet::contains(const IpBytes& address) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const OfPrefix& of) {
    return of.bases.find(masked(address, of.prefix_bits)) != of.bases.end();
  });
}

}  // namespace winnow
