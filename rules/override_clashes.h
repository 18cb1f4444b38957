// override_clashes.h - finds two overrides that are equally specific and set the same value.
//
// Owns:    what the overrides set and for whom; borrows the Diagnostics, which must outlive it.
// Blocks:  never; the time grows with the patterns, not with the pairs of recipients and senders that they stand for.
// Fails:   a clash is reported once for each pattern and value.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/yaml_node.h"
#include "rules/overrides.h"

namespace winnow {

/// The patterns, or one empty text that stands for everybody.
std::vector<std::string> or_everybody(const std::vector<std::string>& patterns);

/// "@example.org and mail from @bank.example"; "" stands for everybody.
std::string shown_pair(const std::string& recipient, const std::string& sender);

class OverrideClashes {
 public:
  explicit OverrideClashes(Diagnostics& problems) : problems_(problems) {}

  /// Reports what `one`, which was read from `node`, sets and an earlier override, or itself, has set already.
  void add(const Override& one, const YamlNode& node);

 private:
  using Patterns = std::map<std::string, Location>;                         // where each stands; "" for everybody
  using Users = std::unordered_map<std::string, std::vector<std::size_t>>;  // of a pattern: the claims that have it
  using Values = std::array<bool, 3>;                                       // junk, flag, ceiling
  struct Claim {
    Patterns recipients, senders;
    Values sets;
  };
  struct Twice {
    std::string whose;
    Location where, first;
  };

  Patterns located(const Override& one, const std::vector<std::string>& patterns, const YamlNode* node);
  std::vector<std::size_t> possible(const Claim& claim) const;
  void compare(const Claim& claim, const Claim& earlier, std::map<std::string, Values>& told);
  void report(const Values& values, const Twice& twice);

  Diagnostics& problems_;
  std::vector<Claim> claims_;
  Users by_recipient_, by_sender_;
};

}  // namespace winnow
