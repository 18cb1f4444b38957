// overrides.h - which overrides apply to a recipient and a sender, the most specific first.
//
// Owns:    its overrides.
// Threads: immutable after the last add().
// Blocks:  never; a few hash look-ups for each address.
// Fails:   never; why_not_an_address_pattern() says what must not be added.
// Case:    ASCII letters are equal in both cases, in the local part too: two mailboxes that differ in nothing else are
//          unknown on real servers.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/policy.h"
#include "rules/value_list.h"

namespace winnow {

struct Rule;

/// Patterns of addresses: user@example.org (also user+anything@example.org), @example.org, @*.example.org (names below it),
/// @.example.org (both).
class AddressPatterns {
 public:
  void add(std::string_view pattern, std::size_t id);

  /// One pattern that fits an address. Ranks: 0 the address, 1 without its extension, 2 its domain, 3 and on the names
  /// above it, the longest first.
  struct Match {
    std::size_t rank;
    std::size_t id;
  };
  std::vector<Match> matches(std::string_view address) const;

 private:
  using Ids = std::unordered_map<std::string, std::vector<std::size_t>, IgnoringCase, IgnoringCase>;
  static void take(const Ids& ids, std::string_view key, std::size_t rank, std::vector<Match>& into);
  void take_postmasters(std::vector<Match>& into) const;

  Ids addresses_, domains_, suffixes_;
};

/// Why this is no pattern of addresses; "" when it is one.
std::string why_not_an_address_pattern(std::string_view pattern);

/// An address that the pattern fits and no longer pattern could be meant for.
std::string example_of(std::string_view pattern);

struct Override {
  std::vector<std::string> recipients;  // patterns; none: every recipient
  std::vector<std::string> senders;     // patterns of envelope senders; none: every sender
  std::optional<Sourced<double>> junk, flag;
  std::optional<Sourced<Verdict>> ceiling;
  std::vector<Rule> rules;
};

/// An override that fits an address and sets a threshold. Of one that asks for this address alone only the values count.
struct ThresholdSource {
  std::size_t rank;                    // as AddressPatterns::Match
  std::optional<std::size_t> of_both;  // its index, when it asks for recipient and sender
  std::optional<double> junk, flag;
  auto operator<=>(const ThresholdSource&) const = default;
};
using ThresholdSources = std::vector<ThresholdSource>;

class Overrides {
 public:
  Overrides();
  ~Overrides();
  Overrides(Overrides&&) noexcept;
  Overrides& operator=(Overrides&&) noexcept;

  void add(Override one);
  bool empty() const { return all_.empty(); }
  const Override& operator[](std::size_t at) const { return all_[at]; }
  std::size_t size() const { return all_.size(); }

  /// Indices of those that apply: the recipient's specificity counts first, then the sender's, then the order of the files.
  std::vector<std::size_t> applying_to(std::string_view recipient, std::string_view sender) const;

  /// Two recipients with the same sources have the same thresholds whoever writes to them, and so have two senders for
  /// whomever they write to.
  ThresholdSources sources_for_recipient(std::string_view recipient) const;
  ThresholdSources sources_for_sender(std::string_view sender) const;

  /// `common` with the values that these overrides change: of each the most specific one, as it was written.
  Policy merged(const Policy& common, const std::vector<std::size_t>& overrides) const;

 private:
  ThresholdSources threshold_sources(const std::vector<AddressPatterns::Match>& matches) const;

  std::vector<Override> all_;
  AddressPatterns recipients_, senders_;
};

}  // namespace winnow
