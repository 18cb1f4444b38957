// authentication_results.h - what a trusted server found out about the sender (RFC 8601).
//
// Threads: any.
// Fails:   never: a header that cannot be read gives nothing.
// Trust:   only headers whose authserv-id is in the list count; anybody can write such a header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"

namespace winnow {

/// Adds the results of one header value. The first result of a method stays, except that a passing DKIM
/// signature wins over those that do not pass.
void add_authentication_results(std::string_view value, const std::vector<std::string>& trusted_authserv_ids,
                                Authentication& results);

}  // namespace winnow
