// parser.h - tokens -> syntax tree.
//
// Fails:   the first thing that does not fit is reported; the result is then nullopt. Depth is bounded, so no
//          expression can exhaust the stack here or in a later stage.
//
// From the loosest to the tightest:  or | and | not | comparison | value
// Comparisons do not chain: a < b < c is refused.
#pragma once

#include <optional>
#include <string_view>

#include "rules/syntax.h"

namespace winnow {

inline constexpr std::size_t kMaxExpressionDepth = 50;  // nested parentheses and nots

std::optional<SyntaxNode> parse_expression(std::string_view expression, const ReportProblem& report);

/// Words of the language that no list may be called.
bool is_reserved_word(std::string_view word);

}  // namespace winnow
