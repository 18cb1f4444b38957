// replica_metrics.h - what became of replicas whose device failed, in the Prometheus text format.
//
// Threads: any.
// Fails:   never. A reload with another model begins from 0, as Prometheus expects of a counter.
#pragma once

#include <string>

#include "engine/rebuilt_model.h"

namespace winnow {

/// winnow_replica_total{event="lost"|"rebuilt"|"rebuild_failed"}.
std::string replica_metrics(const RebuildCounts& counts);

}  // namespace winnow
