#include "milter/replica_metrics.h"

#include "milter/prometheus_text.h"

namespace winnow {

std::string replica_metrics(const RebuildCounts& counts) {
  const auto event = [](const char* name, const std::atomic<std::uint64_t>& count) {
    return sample("winnow_replica_total{event=\"" + std::string(name) + "\"}", static_cast<double>(count.load()));
  };
  return family("winnow_replica_total", "counter", "Replicas on devices, by what became of them") +
         event("lost", counts.lost) + event("rebuilt", counts.rebuilt) + event("rebuild_failed", counts.failed);
}

}  // namespace winnow
