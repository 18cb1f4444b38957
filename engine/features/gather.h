// gather.h - the steps of gather_facts(), one per part of the message.
//
// Threads: any.
// Blocks:  never.
// Fails:   never.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/features/message_facts.h"

namespace winnow {

SenderFacts gather_sender(const Message& message, const NormalText& subject);
LinkFacts gather_links(const Message& message, std::string_view sender_domain, std::size_t max_urls);
AttachmentFacts gather_attachments(const Message& message);
void gather_body(const Message& message, const FeatureLimits& limits, MessageFacts& facts);

}  // namespace winnow
