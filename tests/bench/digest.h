// digest.h - one number over all that was made of a message: two builds that do the same give the same.
//
// Threads: any. Fails: never.
#pragma once

#include <cstdint>

#include "tests/bench/stages.h"

namespace winnow::bench {

struct MailDigest {
  std::uint64_t message = 0, features = 0, site_features = 0, answer = 0;
};

/// Of a mail that went through all stages.
MailDigest digest_of(const StagedMail& mail);

/// `all` with one more number in it; order matters.
std::uint64_t joined(std::uint64_t all, std::uint64_t one);

}  // namespace winnow::bench
