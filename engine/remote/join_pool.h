// join_pool.h - puts a pool of inference servers before the models of this machine.
//
// Owns:    the models it makes share one RemotePool.
// Blocks:  asks all servers at once whether they are ready and has them judge a probe; two seconds, or the timeout, for
//          each of the two.
// Fails:   a server that cannot be reached is a warning: it may come later, and is asked for the probe then. So is one that
//          answers something else than the model here, which judges instead when it is quite something else; without a
//          model here an answer of another shape is an error. Unusable files are errors.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "engine/model.h"
#include "engine/pool_server.h"

namespace winnow {

struct JoinedPool {
  std::vector<std::unique_ptr<Model>> models;  // one for each connection of the settings; none after an error
  PoolServers servers;
};

/// `here` are the models of this machine and may be empty. `probe` is a batch of several messages, `labels` what the model
/// answers for each.
JoinedPool join_pool(const RemoteSettings& settings, std::size_t labels, const TokenBatch& probe,
                     std::vector<std::unique_ptr<Model>> here, Diagnostics& problems);

}  // namespace winnow
