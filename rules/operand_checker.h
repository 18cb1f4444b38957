// operand_checker.h - the type rules of single operators, for operands that are already checked.
//
// Fails:   a problem is reported at the operator, or at the literal that is wrong; the result is then nullopt.
#pragma once

#include <optional>

#include "rules/expression.h"
#include "rules/syntax.h"

namespace winnow {

/// == != < <= > >= contains starts_with ends_with
std::optional<Expression> check_operands(const SyntaxNode& node, Expression left, Expression right,
                                         const ReportProblem& report);

/// matches: the right side must be a literal pattern.
std::optional<Expression> check_match(const SyntaxNode& node, Expression left, const ReportProblem& report);

}  // namespace winnow
