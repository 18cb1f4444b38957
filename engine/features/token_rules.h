// token_rules.h - which texts of a message become tokens.
//
// Threads: any.
// Blocks:  never; bounded by the facts' limits.
// Fails:   never.
#pragma once

#include "engine/features/features.h"
#include "engine/features/message_facts.h"
#include "engine/features/token_collector.h"

namespace winnow {

/// `dense` are the message's dense values, some of which become bucket tokens.
void add_tokens(const MessageFacts& facts, const std::vector<float>& dense, const FeatureLimits& limits,
                TokenCollector& tokens);

}  // namespace winnow
