// constant_folding.h - conditions over checked operands, computed while loading as far as no message can change them.
//
// Fails:   never.
#pragma once

#include <vector>

#include "rules/expression.h"

namespace winnow {

bool is_constant(const Expression& expression);

Expression bool_constant(bool value);

/// A condition over its operands; a constant when they settle it. `and` and `or` lose operands that cannot change them.
Expression condition_over(Operation operation, Comparison comparison, std::vector<Expression> operands);

/// `condition` over one operand; it already holds what the operand is looked up in.
Expression lookup_condition(Expression condition, Expression operand);

}  // namespace winnow
