// site_tokens.h - what a model may read that a site trains for itself: its headers, hosts, addresses and lists.
//
// Owns:    nothing.
// Threads: any.
// Blocks:  never; bounded by the quotas of the namespaces and by kMax... in the source.
// Fails:   never.
// Trust:   the rules of site_headers.h. The client is taken from the SMTP session; of mail in files from the Received
//          line that the receiving server wrote about it, so that both give the same tokens.
#pragma once

#include <string>

#include "engine/features/token_collector.h"
#include "engine/message/message.h"

namespace winnow {

void add_site_tokens(const Message& message, TokenCollector& tokens);

/// The section of docs/features.md about them.
std::string site_feature_table();

}  // namespace winnow
