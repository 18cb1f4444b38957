// evaluator.h - does this checked condition hold for this message and recipient?
//
// Threads: from any thread at once.
// Blocks:  never.
// Fails:   never; an absent fact is false, 0, "" or an empty list, and an absent address equals nothing.
// Case:    texts are compared without regard to the case of ASCII letters.
#pragma once

#include <string_view>

#include "rules/expression.h"

namespace winnow {

struct EvaluationInput {
  const Facts& facts;
  std::string_view recipient;  // the facts recipient and recipient.domain
};

bool holds(const Expression& condition, const EvaluationInput& input);

/// The domain of an address; "" when it has none.
std::string_view domain_of_address(std::string_view address);

}  // namespace winnow
