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
/// Whether it counts as one: the text of the message does not for its name alone, but a program does whatever it says it is.
bool is_attached_file(const Attachment& file);
AttachmentFacts gather_attachments(const Message& message);
void gather_body(const Message& message, const FeatureLimits& limits, MessageFacts& facts);

}  // namespace winnow
