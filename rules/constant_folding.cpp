#include "rules/constant_folding.h"

#include <algorithm>
#include <utility>

#include "rules/evaluator.h"

namespace winnow {
namespace {

/// Of a condition whose operands are all known no message can change the result.
Expression result_of(const Expression& condition) {
  return bool_constant(holds(condition, EvaluationInput{Facts(), {}, {}}));
}

/// What cannot change the result goes; one operand that settles it is the result.
Expression joined(Operation operation, std::vector<Expression> operands) {
  const bool settles = operation == Operation::Or;
  const auto settled = [&](const Expression& operand) { return is_constant(operand) && operand.boolean == settles; };
  if (std::any_of(operands.begin(), operands.end(), settled)) return bool_constant(settles);
  std::erase_if(operands, is_constant);
  if (operands.empty()) return bool_constant(!settles);
  if (operands.size() == 1) return std::move(operands[0]);
  Expression condition;
  condition.operation = operation;
  condition.children = std::move(operands);
  return condition;
}

}  // namespace

bool is_constant(const Expression& expression) { return expression.operation == Operation::Constant; }

Expression condition_over(Operation operation, Comparison comparison, std::vector<Expression> operands) {
  if (operation == Operation::And || operation == Operation::Or) return joined(operation, std::move(operands));
  Expression condition;
  condition.operation = operation;
  condition.comparison = comparison;
  condition.children = std::move(operands);
  if (!std::all_of(condition.children.begin(), condition.children.end(), is_constant)) return condition;
  return result_of(condition);
}

Expression lookup_condition(Expression condition, Expression operand) {
  condition.children.push_back(std::move(operand));
  if (!is_constant(condition.children[0])) return condition;
  return result_of(condition);
}

Expression bool_constant(bool value) {
  Expression constant;
  constant.boolean = value;
  return constant;
}

}  // namespace winnow
