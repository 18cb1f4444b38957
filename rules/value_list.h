// value_list.h - the right side of `in`: many texts or networks, asked for one.
//
// Owns:    its entries.
// Threads: immutable after the last add().
// Blocks:  never; a text is found in a few hash look-ups, without allocating, however long the list.
// Case:    ASCII letters are equal in both cases.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/network.h"

namespace winnow {

struct IgnoringCase {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const;                     // hash
  bool operator()(std::string_view left, std::string_view right) const;    // equality
};

class TextSet {
 public:
  /// "*.example.org" stands for every name below example.org, not for example.org itself; other texts for themselves.
  void add(std::string_view entry);
  bool contains(std::string_view text) const;

  /// A '*' anywhere but in a leading "*." would look like a pattern and not be one.
  static bool is_valid(std::string_view entry);

 private:
  using Set = std::unordered_set<std::string, IgnoringCase, IgnoringCase>;
  Set exact_;
  Set suffixes_;  // ".example.org"
};

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
