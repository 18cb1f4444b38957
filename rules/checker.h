// checker.h - syntax tree -> checked expression: names resolved, operand types checked, constants folded.
//
// Fails:   every typing problem of the expression is reported at its operator or name; the result is then nullopt.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/expression.h"
#include "rules/named_lists.h"
#include "rules/rule_set.h"
#include "rules/syntax.h"

namespace winnow {

/// What the names of an expression may mean besides facts.
struct NameScope {
  NamedLists& lists;
  const FeatureNames& features;
  Diagnostics& problems;  // for the entries of lists, which have places of their own
};

/// The tree as a condition: its type must be bool.
std::optional<Expression> check_condition(const SyntaxNode& tree, const NameScope& scope, const ReportProblem& report);

/// The name of a fact or a threshold, as it stands in a text of an action.
std::optional<Expression> check_fact_name(std::string_view name, Span where, const ReportProblem& report);

/// The names `recipient` and `recipient.domain`, or a threshold, occur in it.
bool depends_on_recipient(const Expression& expression);

/// One of these facts occurs in it.
inline constexpr Fact kRecipientFacts[] = {Fact::Recipient, Fact::RecipientDomain};
bool asks_for(const Expression& expression, std::span<const Fact> facts);

}  // namespace winnow
