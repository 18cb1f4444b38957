#include "milter/pool_metrics.h"

#include <map>

#include "milter/prometheus_text.h"

namespace winnow {

std::string pool_metrics(const std::vector<PoolServer>& servers) {
  if (servers.empty()) return {};
  std::map<std::string, PoolServer> by_name;  // a series may stand there once only
  for (const PoolServer& server : servers) {
    PoolServer& sum = by_name[server.name];
    sum.answered += server.answered;
    sum.failed += server.failed;
    sum.left_alone = sum.left_alone || server.left_alone;
  }
  std::string answered = family("winnow_pool_answered_total", "counter", "Batches that a server of the pool answered");
  std::string failed =
      family("winnow_pool_failed_total", "counter", "Batches that a server of the pool was given in vain");
  std::string left_alone =
      family("winnow_pool_left_alone", "gauge", "1 while a server fails and is only asked whether it is back");
  for (const auto& [name, server] : by_name) {
    const std::string label = "{server=\"" + name + "\"}";
    answered += sample("winnow_pool_answered_total" + label, static_cast<double>(server.answered));
    failed += sample("winnow_pool_failed_total" + label, static_cast<double>(server.failed));
    left_alone += sample("winnow_pool_left_alone" + label, server.left_alone ? 1 : 0);
  }
  return answered + failed + left_alone;
}

}  // namespace winnow
