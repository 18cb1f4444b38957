// expression.h - a checked expression, ready to be evaluated: every name resolved, every type known.
//
// Owns:    each node owns its children and shares the lists and patterns it looks into.
// Threads: immutable after checking.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "config/network.h"
#include "rules/facts.h"
#include "rules/pattern.h"
#include "rules/value_list.h"

namespace winnow {

enum class Operation : std::uint8_t {
  Constant,       // by type: boolean, number, text or (operand) address
  Fact,           // fact
  Header,         // text: the header's name
  Feature,        // text: the feature's name
  JunkThreshold,  // those of the recipient
  FlagThreshold,
  And,
  Or,
  Not,
  CompareNumbers,  // comparison
  EqualBools,
  EqualTexts,
  EqualAddresses,
  InTexts,     // operand: texts; a list of texts holds when one of its elements does, here and below
  InNetworks,  // operand: networks
  InTextList,  // right child is a list of texts
  Matches,     // operand: pattern
  Contains,
  StartsWith,
  EndsWith,
};

enum class Comparison : std::uint8_t { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual };

/// What a condition looks into, or an address; one of them, so that thousands of conditions stay small.
using Operand = std::variant<std::monostate, IpBytes, std::shared_ptr<const TextSet>, std::shared_ptr<const NetworkSet>,
                             std::shared_ptr<const TextPattern>>;

struct Expression {
  Operation operation = Operation::Constant;
  FactType type = FactType::Bool;
  Comparison comparison = Comparison::Equal;  // CompareNumbers; Equal or Unequal of EqualBools/Texts/Addresses
  Fact fact = Fact::Spam;
  bool boolean = false;
  double number = 0;
  std::string text;
  std::vector<Expression> children;
  Operand operand;
};

}  // namespace winnow
