// message.cpp - from octets to a Message, step by step.
#include "engine/message/message.h"

#include <utility>

#include "config/ascii.h"
#include "engine/message/header_block.h"
#include "engine/message/message_builder.h"
#include "engine/message/mime_parts.h"

namespace winnow {

const Header* Message::header(std::string_view name) const {
  for (const Header& field : headers) {
    if (equal_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

namespace {

/// By find(), which passes over the octets of a message without one at the speed of memory.
std::size_t count_nul_bytes(std::string_view octets) {
  std::size_t count = 0;
  for (std::size_t at = octets.find('\0'); at != std::string_view::npos; at = octets.find('\0', at + 1)) ++count;
  return count;
}

}  // namespace

Message read_message(const MailInput& input, const ReadOptions& options) {
  const MessageLimits& limits = options.limits;
  std::string normalised;
  std::string_view octets = input.raw;
  if (octets.find('\r') != std::string_view::npos) octets = normalised = normalise_line_ends(octets);

  std::size_t body_at = 0;
  const HeaderBlock headers = read_header_block(octets, {limits.max_headers, limits.max_header_bytes}, body_at);
  MessageBuilder builder(options);
  builder.count_nul_bytes(count_nul_bytes(octets));
  builder.add_headers(headers);
  builder.add_summary(walk_parts(headers, octets.substr(body_at), {limits.max_depth, limits.max_parts},
                                 [&](const LeafPart& part) { builder.add_leaf(part); }));
  Message message = builder.take();
  message.envelope = input.envelope;
  message.size = input.full_size != 0 ? input.full_size : input.raw.size();
  message.truncated = input.truncated;
  return message;
}

}  // namespace winnow
