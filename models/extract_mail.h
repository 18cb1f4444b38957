// extract_mail.h - labelled mail -> features, on several threads, in the order of the sources.
//
// Owns:    plain values.
// Threads: reads on the caller's thread and takes messages apart on threads of its own; `take` runs on the caller's.
// Blocks:  until all is read. Memory is bounded by a chunk of messages (kChunkMessages, kChunkBytes).
// Fails:   mail that cannot be read is a Diagnostic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/features/features.h"
#include "models/innocent_tails.h"
#include "models/labelled_mail.h"

namespace winnow {

struct ExtractedMail {
  std::string name, corpus, split;
  Label label = Label::Ham;
  std::string sha256;              // of the octets read
  std::optional<MailOrigin> tail;  // of a copy: whose text stands behind it
  Features features;
  std::string kind;  // kind_of() it without the tail; "" when not asked for
};

/// What chance takes from a message's octets: which mail is left out for lack of room, held out, or gets a tail.
std::uint64_t content_hash(const std::string& sha256);

struct ExtractOptions {
  std::vector<MailSource> sources;
  IndexFilter filter;
  std::uint64_t max_scan_bytes = 1u << 20;
  std::size_t threads = 0;  // 0 = one per core
  double tails = 0;  // share of the spam that comes again with the text of ham not of split "test" (innocent_tails.h)
  std::function<bool()> on_gathering;  // before each message of the pass that tails need; false ends all. May be empty
  bool tell_kinds = false;
};

inline constexpr std::size_t kChunkMessages = 512;
inline constexpr std::size_t kChunkBytes = 32u << 20;

/// `take` returning false ends the reading.
void extract_mail(const ExtractOptions& options, const FeatureExtractor& extractor, Diagnostics& problems,
                  const std::function<bool(ExtractedMail&&)>& take);

}  // namespace winnow
