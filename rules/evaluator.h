// evaluator.h - does this checked condition hold for this message and recipient?
//
// Threads: from any thread at once.
// Blocks:  never.
// Fails:   never; an absent fact is false, 0, "" or an empty list, and an absent address equals nothing.
// Case:    texts are compared without regard to the case of ASCII letters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/expression.h"
#include "rules/thresholds.h"

namespace winnow {

struct EvaluationInput {
  const Facts& facts;
  std::string_view recipient;  // the facts recipient and recipient.domain
  Thresholds thresholds;       // of that recipient
};

bool holds(const Expression& condition, const EvaluationInput& input);

/// The value of an expression of a numeric type, of type text, list of texts or address; its type must fit.
double number_of(const Expression& expression, const EvaluationInput& input);
std::string_view text_of(const Expression& expression, const EvaluationInput& input);
std::vector<std::string> texts_of(const Expression& expression, const EvaluationInput& input);
std::string address_text(const Expression& expression, const EvaluationInput& input);  // "" when absent

/// The domain of an address; "" when it has none.
std::string_view domain_of_address(std::string_view address);

}  // namespace winnow
