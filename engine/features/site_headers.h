// site_headers.h - which headers a model that a site trains for itself may read.
//
// Owns:    nothing.
// Threads: any.
// Fails:   never.
// Trust:   never a header in which a filter told its answer (the model would learn to repeat it, and a forged one would
//          decide), and none that is added once the receiving server has the message: a milter does not see it.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// `lower_name` in lower case.
bool is_site_header(std::string_view lower_name);

/// True for "[SPAM]", "***VIRUS***": what filters write in front of subjects, without the brackets.
bool is_filter_mark(std::string_view text);

/// The rules as text, for the feature schema.
std::string site_header_rules();

}  // namespace winnow
