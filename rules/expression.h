// expression.h - a checked expression, ready to be evaluated: every name resolved, every type known.
//
// Owns:    each node owns its children and shares the lists and patterns it looks into.
// Threads: immutable after checking.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/network.h"
#include "rules/facts.h"
#include "rules/pattern.h"
#include "rules/value_list.h"

namespace winnow {

enum class Operation {
  Constant,    // by type: boolean, number, text or address
  Fact,        // fact
  Header,      // text: the header's name
  Feature,     // text: the feature's name
  JunkThreshold,  // those of the recipient
  FlagThreshold,
  And,
  Or,
  Not,
  CompareNumbers,  // comparison
  EqualBools,
  EqualTexts,
  EqualAddresses,
  InTexts,      // texts; a list of texts holds when one of its elements does, here and below
  InNetworks,   // networks
  InTextList,   // right child is a list of texts
  Matches,      // pattern
  Contains,
  StartsWith,
  EndsWith,
};

enum class Comparison { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual };

struct Expression {
  Operation operation = Operation::Constant;
  FactType type = FactType::Bool;
  Comparison comparison = Comparison::Equal;  // CompareNumbers; Equal or Unequal of EqualBools/Texts/Addresses
  Fact fact = Fact::Spam;
  bool boolean = false;
  double number = 0;
  std::string text;
  IpBytes address{};
  std::vector<Expression> children;
  std::shared_ptr<const TextSet> texts;
  std::shared_ptr<const NetworkSet> networks;
  std::shared_ptr<const TextPattern> pattern;
};

}  // namespace winnow
