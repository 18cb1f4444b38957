// mime_parts.h - the structure of a message: walks its parts in order.
//
// Owns:    nothing; parts borrow from the octets.
// Blocks:  never; one pass over the octets, recursion no deeper than max_depth, no more than max_parts parts.
// Fails:   never: a part beyond the limits is left out and `cut` says so.
// Source:  RFC 2046; what real mail breaks of it (missing boundary, missing end) is read as mail programs do.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/message/header_block.h"
#include "engine/message/mime_codec.h"

namespace winnow {

/// One part that holds content. A multipart or a message, whose parts are told by themselves, comes without its body.
struct LeafPart {
  ContentType content_type;
  const HeaderBlock* headers = nullptr;
  std::string_view body;        // still in its transfer encoding
  std::size_t alternative = 0;  // number of the innermost multipart/alternative around it, 0 for none
  bool is_walked = false;       // its parts are told by themselves
};

struct MimeLimits {
  std::size_t max_depth = 20;
  std::size_t max_parts = 500;
};

struct MimeSummary {
  std::size_t parts = 0;  // all, also multiparts and messages
  std::size_t depth = 0;
  std::size_t repairs = 0;
  bool cut = false;
  std::vector<std::string> types;  // of all parts, in order
};

/// `octets` is the body behind the header block `top`.
MimeSummary walk_parts(const HeaderBlock& top, std::string_view octets, const MimeLimits& limits,
                       const std::function<void(const LeafPart&)>& on_leaf);

}  // namespace winnow
