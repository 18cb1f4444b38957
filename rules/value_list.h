// value_list.h - the right side of `in`: many texts or networks, asked for one.
//
// Owns:    its entries.
// Threads: immutable after the last add().
// Blocks:  never; a text is found in a few hash look-ups, without allocating, however long the list; globs are tried
//          one after the other.
// Fails:   never; why_not_an_entry() says what must not be added.
// Case:    ASCII letters are equal in both cases.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/network.h"
#include "rules/glob.h"

namespace winnow {

struct IgnoringCase {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const;                   // hash
  bool operator()(std::string_view left, std::string_view right) const;  // equality
};

/// Entries, the first form that fits:
///     example.org      the text itself
///     *.example.org    every name, and every address at a name, below example.org
///     .example.org     the same, and example.org itself
///     @example.org     every address at example.org; @*.example.org and @.example.org as above
///     anything with another '*' or with '?': a glob over the whole text, '*' any characters and '?' one
class TextSet {
 public:
  void reserve(std::size_t entries);  // about as many will be added
  void add(std::string_view entry);
  /// True when the entries hold more than kMaxGlobs globs, which are looked at one after the other.
  bool has_too_many_globs() const { return globs_.size() > kMaxGlobs; }
  bool contains(std::string_view text) const;

  static constexpr std::size_t kMaxGlobs = 1000;

 private:
  using Set = std::unordered_set<std::string, IgnoringCase, IgnoringCase>;
  bool contains_address(std::string_view at_domain) const;

  Set exact_;
  Set suffixes_;          // ".example.org"
  Set address_suffixes_;  // ".example.org" of "@*.example.org"
  std::vector<Glob> globs_;
};

inline const std::string kTooManyGlobs =
    "more than " + std::to_string(TextSet::kMaxGlobs) + " of its entries are globs";

/// Why this cannot be an entry; "" when it can.
std::string why_not_an_entry(std::string_view text);

class NetworkSet {
 public:
  void add(const IpNetwork& network);
  bool contains(const IpBytes& address) const;

 private:
  struct BytesHash {
    std::size_t operator()(const IpBytes& bytes) const;
  };
  // One set of masked addresses for each prefix length in use.
  struct OfPrefix {
    unsigned prefix_bits;
    std::unordered_set<IpBytes, BytesHash> bases;
  };
  std::vector<OfPrefix> prefixes_;
};

}  // namespace winnow
