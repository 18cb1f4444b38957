// explanation_text.h - an explanation as a sum to read, and as JSON.
//
// Owns:    plain values.
// Fails:   never; what comes from mail is escaped for a terminal, JSON is ASCII only.
#pragma once

#include <cstddef>
#include <string>

#include "engine/explanation.h"

namespace winnow {

enum class Colour { None, RedAndGreen };

/// RedAndGreen where `descriptor` is a terminal that knows colours and the user did not set NO_COLOR (no-color.org).
Colour colour_of(int descriptor);

/// The start, the `top` strongest contributions, the others in one line, and what they come to. Red speaks for the
/// label, green against it.
std::string explanation_text(const Explanation& explanation, std::size_t top, Colour colour);

/// The named features that are not 0, or all of them: what each contributes, its value, the range of that and its meaning.
std::string feature_text(const Explanation& explanation, bool all);

/// One object without a line end.
std::string explanation_json(const Explanation& explanation);

}  // namespace winnow
