// doubtful_comparison.h - doubts about comparisons that no message, or nearly every one, makes true: they are well
// formed, and never meant.
//
// Fails:   never; what is doubted stays as it is.
// Source:  RFC 8601 2.7 and RFC 7489 11.2 (results of SPF, DKIM and DMARC).
#pragma once

#include "rules/syntax.h"

namespace winnow {

/// Of a condition that was checked: each text that its fact never is, and each probability that nearly all mail reaches, with
/// what was probably meant.
void doubt_comparisons(const SyntaxNode& condition, const ReportProblem& warn);

}  // namespace winnow
