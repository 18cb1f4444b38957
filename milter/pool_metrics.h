// pool_metrics.h - how each server of the pool does, in the Prometheus text format.
//
// Threads: any.
// Fails:   never. A reload with another engine begins from 0, as Prometheus expects of a counter.
#pragma once

#include <string>
#include <vector>

#include "engine/pool_server.h"

namespace winnow {

/// winnow_pool_answered_total{server}, winnow_pool_failed_total{server} and winnow_pool_left_alone{server}; "" without a pool.
std::string pool_metrics(const std::vector<PoolServer>& servers);

}  // namespace winnow
