// pool_server.h - how a server of the pool has done since the engine was made.
//
// Owns:    plain values.
// Threads: a PoolServers may be called by any thread, as long as its engine lives.
// Fails:   never.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace winnow {

struct PoolServer {
  std::string name;                        // host:port/path; the same twice when a URL is given twice
  std::uint64_t answered = 0, failed = 0;  // batches that it was given
  bool left_alone = false;                 // failed so often lately that it is only asked whether it is back
};

using PoolServers = std::function<std::vector<PoolServer>()>;

}  // namespace winnow
