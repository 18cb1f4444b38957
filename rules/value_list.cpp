#include "rules/value_list.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "config/ascii.h"

namespace winnow {
namespace {

IpBytes masked(IpBytes bytes, unsigned prefix_bits) {
  const unsigned whole = prefix_bits / 8;
  if (whole >= bytes.size()) return bytes;
  bytes[whole] &= static_cast<std::uint8_t>(0xFF00u >> (prefix_bits % 8));
  std::fill(bytes.begin() + whole + 1, bytes.end(), std::uint8_t{0});
  return bytes;
}

/// The eight bytes with their ASCII capitals as small letters, all at once.
std::uint64_t lower_eight(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u, kHigh = kOnes * 0x80;
  const std::uint64_t low = bytes & ~kHigh;
  const std::uint64_t from_a = low + kOnes * (0x80 - 'A'), past_z = low + kOnes * (0x7F - 'Z');
  const std::uint64_t capitals = (from_a & ~past_z) & ~bytes & kHigh;
  return bytes | (capitals >> 2);
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t eight) {
  hash = (hash ^ eight) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

/// A suffix is looked up at every dot but a leading one: ".x" itself is no name below x. RFC 1035 allows 127 labels of a
/// name; the bound keeps a text of nothing but dots from being hashed over and over.
template <typename Set>
bool has_suffix(const Set& suffixes, std::string_view text) {
  constexpr std::size_t kMaxLookUps = 128;
  if (suffixes.empty()) return false;
  std::size_t looked_up = 0;
  for (std::size_t dot = text.rfind('.'); dot != text.npos && dot > 0 && looked_up < kMaxLookUps; ++looked_up) {
    if (suffixes.find(text.substr(dot)) != suffixes.end()) return true;
    dot = text.rfind('.', dot - 1);
  }
  return false;
}

}  // namespace

std::size_t IgnoringCase::operator()(std::string_view text) const {
  std::uint64_t hash = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), 8);
    hash = mixed(hash, lower_eight(eight));
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return static_cast<std::size_t>(mixed(hash, lower_eight(rest)));
}

bool IgnoringCase::operator()(std::string_view left, std::string_view right) const {
  return equal_ignoring_case(left, right);
}

void TextSet::reserve(std::size_t entries) { exact_.reserve(entries); }

void TextSet::add(std::string_view entry) {
  // Another spelling of "@example.org" and "@.example.org", which are found without going through all globs.
  if (entry.starts_with("*@") && !has_wildcard(entry.substr(2))) entry.remove_prefix(1);
  const std::size_t at = entry.starts_with('@') ? 1 : 0;
  const std::string_view name = entry.substr(at);
  const bool below = name.starts_with("*."), itself_and_below = name.starts_with('.');
  if (has_wildcard(below ? name.substr(2) : name)) {
    globs_.emplace_back(at == 1 ? "*" + std::string(entry) : std::string(entry));
  } else if (below || itself_and_below) {
    (at == 1 ? address_suffixes_ : suffixes_).emplace(name.substr(below ? 1 : 0));
    if (itself_and_below) exact_.emplace(at == 1 ? "@" + std::string(name.substr(1)) : name.substr(1));
  } else {
    exact_.emplace(entry);
  }
}

bool TextSet::contains(std::string_view text) const {
  if (exact_.find(text) != exact_.end()) return true;
  if (has_suffix(suffixes_, text)) return true;
  const std::size_t at = text.rfind('@');
  if (at != text.npos && contains_address(text.substr(at))) return true;
  if (globs_.empty()) return false;
  const GlobText of_globs(text);
  return std::any_of(globs_.begin(), globs_.end(), [&](const Glob& glob) { return glob.fits(of_globs); });
}

bool TextSet::contains_address(std::string_view at_domain) const {
  return exact_.find(at_domain) != exact_.end() || has_suffix(address_suffixes_, at_domain.substr(1));
}

std::string why_not_an_entry(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (text.starts_with("*@")) text.remove_prefix(1);
  if (text == "*" || text == "@*") return "it stands for everything; leave the condition out";
  if (text == "@" || text == "." || text == "*." || text == "@." || text == "@*.")
    return "the name behind it is missing";
  return "";
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
    return can_hold(of.prefix_bits, address) && of.bases.find(masked(address, of.prefix_bits)) != of.bases.end();
  });
}

}  // namespace winnow
