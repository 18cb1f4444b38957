#include "rules/overrides.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "rules/evaluator.h"
#include "rules/rule.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxLabels = 128;  // RFC 1035 allows 127
constexpr std::size_t kAnyRank = std::numeric_limits<std::size_t>::max();

/// user+anything@example.org -> user@example.org; "" when there is no extension.
std::string without_extension(std::string_view address) {
  const std::size_t at = address.rfind('@');
  const std::size_t plus = address.find('+', 1);
  if (at == address.npos || plus == address.npos || plus > at) return {};
  return std::string(address.substr(0, plus)) + std::string(address.substr(at));
}

/// What stands around an address in a header and between several, but in none that the MTA names.
std::string why_not_without_specials(std::string_view part) {
  const std::size_t at = part.find_first_of("<>(),;:");
  return at == part.npos ? ""
                         : std::string("it holds '") + part[at] + "'; write each address alone, as user@example.org";
}

std::string why_not_a_local_part(std::string_view local) {
  const bool is_quoted = local.size() > 2 && local.front() == '"' && local.back() == '"';
  return is_quoted ? "" : why_not_without_specials(local);
}

std::string why_not_a_domain(std::string_view domain) {
  if (domain.size() > 2 && domain.starts_with('[') && domain.ends_with(']'))
    return "";  // an address literal, which may hold ':'
  if (domain.starts_with('.') || domain.ends_with('.') || domain.find("..") != domain.npos) {
    return "its domain has a dot too many";
  }
  return why_not_without_specials(domain);
}

/// An override that applies; the most specific one is the smallest.
struct Applying {
  std::size_t recipient_rank, sender_rank, id;
  auto operator<=>(const Applying&) const = default;
};

/// Calls `pair` for each two matches of one id. Thousands of overrides may fit the one side: only the few are sorted.
template <typename Pair>
void for_same_ids(std::vector<AddressPatterns::Match> few, const std::vector<AddressPatterns::Match>& many,
                  const Pair& pair) {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(few.begin(), few.end(), by_id);
  for (const AddressPatterns::Match& match : many) {
    for (auto [at, end] = std::equal_range(few.begin(), few.end(), match, by_id); at != end; ++at) pair(*at, match);
  }
}

/// In their order, each id once, as specific as it gets.
std::vector<std::size_t> ids_of(std::vector<Applying> found) {
  std::sort(found.begin(), found.end(), [](const Applying& a, const Applying& b) {
    return std::tie(a.id, a.recipient_rank, a.sender_rank) < std::tie(b.id, b.recipient_rank, b.sender_rank);
  });
  const auto is_same = [](const Applying& a, const Applying& b) { return a.id == b.id; };
  found.erase(std::unique(found.begin(), found.end(), is_same), found.end());
  std::sort(found.begin(), found.end());
  std::vector<std::size_t> ids;
  ids.reserve(found.size());
  for (const Applying& one : found) ids.push_back(one.id);
  return ids;
}

}  // namespace

void AddressPatterns::add(std::string_view pattern, std::size_t id) {
  const auto put = [id](Ids& ids, std::string_view key) {
    std::vector<std::size_t>& all = ids[std::string(key)];
    if (all.empty() || all.back() != id) all.push_back(id);
  };
  if (!pattern.starts_with('@')) return put(addresses_, pattern);
  const std::string_view domain = pattern.substr(1);
  if (domain.starts_with("*.")) return put(suffixes_, domain.substr(1));
  if (domain.starts_with('.')) {
    put(suffixes_, domain);
    return put(domains_, domain.substr(1));
  }
  put(domains_, domain);
}

void AddressPatterns::take(const Ids& ids, std::string_view key, std::size_t rank, std::vector<Match>& into) {
  const auto found = ids.find(key);
  if (found == ids.end()) return;
  for (const std::size_t id : found->second) into.push_back({rank, id});
}

/// RFC 5321 4.1.1.3: <postmaster> without a domain is the postmaster of this host, whichever name it goes by.
void AddressPatterns::take_postmasters(std::vector<Match>& into) const {
  for (const auto& [pattern, ids] : addresses_) {
    if (!equal_ignoring_case(std::string_view(pattern).substr(0, pattern.find('@')), "postmaster")) continue;
    for (const std::size_t id : ids) into.push_back({0, id});
  }
}

std::vector<AddressPatterns::Match> AddressPatterns::matches(std::string_view address) const {
  std::vector<Match> found;
  take(addresses_, address, 0, found);
  if (equal_ignoring_case(address, "postmaster")) take_postmasters(found);
  const std::string plain = without_extension(address);
  if (!plain.empty()) take(addresses_, plain, 1, found);
  const std::string_view domain = domain_of_address(address);
  take(domains_, domain, 2, found);
  std::size_t rank = 3;
  for (std::size_t dot = domain.find('.', 1); dot != domain.npos && rank < kMaxLabels;
       dot = domain.find('.', dot + 1)) {
    take(suffixes_, domain.substr(dot), rank++, found);
  }
  return found;
}

std::string why_not_an_address_pattern(std::string_view pattern) {
  const std::size_t at = pattern.rfind('@');
  if (at == pattern.npos) return "it has no '@'; a whole domain is written @example.org";
  if (pattern.find('@') != at) return "it has more than one '@'";
  std::string_view domain = pattern.substr(at + 1);
  if (at == 0) domain.remove_prefix(domain.starts_with("*.") ? 2 : domain.starts_with('.') ? 1 : 0);
  if (domain.empty()) return "the domain is missing";
  if (pattern.substr(0, at).find('*') != pattern.npos || domain.find('*') != domain.npos) {
    return "'*' may only stand as @*.example.org";
  }
  const bool is_clean = std::all_of(pattern.begin(), pattern.end(), [](char c) { return c > 0x20 && c <= 0x7E; });
  if (!is_printable_ascii(domain))
    return "an internationalised domain is written in its ASCII form, as xn--bcher-kva.example";
  if (!is_clean) return "it may hold printable ASCII without blanks only";
  const std::string why_not = why_not_a_local_part(pattern.substr(0, at));
  return why_not.empty() ? why_not_a_domain(domain) : why_not;
}

std::string example_of(std::string_view pattern) {
  if (!pattern.starts_with('@')) return std::string(pattern);
  const std::string_view domain = pattern.substr(1);
  // No address of the mail holds this byte, so no longer pattern fits.
  if (domain.starts_with("*.")) return "\x01@\x01" + std::string(domain.substr(1));
  return "\x01@" + std::string(domain.substr(domain.starts_with('.') ? 1 : 0));
}

Overrides::Overrides() = default;
Overrides::~Overrides() = default;
Overrides::Overrides(Overrides&&) noexcept = default;
Overrides& Overrides::operator=(Overrides&&) noexcept = default;

void Overrides::add(Override one) {
  const std::size_t id = all_.size();
  for (const std::string& pattern : one.recipients) recipients_.add(pattern, id);
  for (const std::string& pattern : one.senders) senders_.add(pattern, id);
  all_.push_back(std::move(one));
}

std::vector<std::size_t> Overrides::applying_to(std::string_view recipient, std::string_view sender) const {
  if (all_.empty()) return {};
  const std::vector<AddressPatterns::Match> of_recipient = recipients_.matches(recipient);
  const std::vector<AddressPatterns::Match> of_sender = senders_.matches(sender);
  std::vector<Applying> found;
  for (const AddressPatterns::Match& match : of_recipient) {
    if (all_[match.id].senders.empty()) found.push_back({match.rank, kAnyRank, match.id});
  }
  for (const AddressPatterns::Match& match : of_sender) {
    if (all_[match.id].recipients.empty()) found.push_back({kAnyRank, match.rank, match.id});
  }
  if (of_recipient.size() < of_sender.size()) {
    for_same_ids(of_recipient, of_sender, [&](const auto& r, const auto& s) {
      found.push_back({r.rank, s.rank, s.id});
    });
  } else {
    for_same_ids(of_sender, of_recipient, [&](const auto& s, const auto& r) {
      found.push_back({r.rank, s.rank, s.id});
    });
  }
  return ids_of(std::move(found));
}

ThresholdSources Overrides::sources_for_recipient(std::string_view recipient) const {
  return threshold_sources(recipients_.matches(recipient));
}

ThresholdSources Overrides::sources_for_sender(std::string_view sender) const {
  return threshold_sources(senders_.matches(sender));
}

ThresholdSources Overrides::threshold_sources(const std::vector<AddressPatterns::Match>& matches) const {
  ThresholdSources sources;
  for (const AddressPatterns::Match& match : matches) {
    const Override& one = all_[match.id];
    if (!one.junk && !one.flag) continue;
    const bool asks_for_both = !one.recipients.empty() && !one.senders.empty();
    sources.push_back({.rank = match.rank,
                       .of_both = asks_for_both ? std::optional(match.id) : std::nullopt,
                       .junk = one.junk ? std::optional(one.junk->value) : std::nullopt,
                       .flag = one.flag ? std::optional(one.flag->value) : std::nullopt});
  }
  return sources;
}

Policy Overrides::merged(const Policy& common, const std::vector<std::size_t>& overrides) const {
  Policy policy = common;
  for (auto id = overrides.rbegin(); id != overrides.rend(); ++id) {  // the most specific one has the last word
    const Override& one = all_[*id];
    if (one.junk) policy.junk = *one.junk;
    if (one.flag) policy.flag = *one.flag;
    if (one.ceiling) policy.ceiling = one.ceiling;
  }
  return policy;
}

}  // namespace winnow
