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

/// Adds the results of one header value, the topmost first: what it says of a method no header below changes, since those
/// may be the sender's. Of several SPF results in it that of the envelope sender counts, and of several good signatures
/// that of `from_domain`.
void add_authentication_results(std::string_view value, const std::vector<std::string>& trusted_authserv_ids,
                                std::string_view from_domain, Authentication& results);

}  // namespace winnow
