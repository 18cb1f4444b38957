#include "engine/remote/endpoint_pool.h"

#include <algorithm>

namespace winnow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using TimePoint = EndpointPool::TimePoint;

constexpr unsigned kMaxTries = 3;               // of one batch, each on another server
constexpr milliseconds kStandInReserve{250};    // what the model here needs on a busy machine
constexpr milliseconds kShortestTry{5};         // less is not worth a server's work

TimePoint end_of_tries(TimePoint now, TimePoint deadline) {
  if (deadline == TimePoint::max()) return deadline;
  const auto left = deadline - now;
  return deadline - std::min<std::chrono::steady_clock::duration>(kStandInReserve, left / 2);
}

}  // namespace

TryBudget::TryBudget(TimePoint now, TimePoint deadline, microseconds timeout)
    : end_(end_of_tries(now, deadline)), timeout_(timeout), tries_left_(kMaxTries) {}

std::optional<TimePoint> TryBudget::next_try(TimePoint now) {
  if (tries_left_ == 0 || now + kShortestTry > end_) return std::nullopt;
  --tries_left_;
  return std::min(now + timeout_, end_);
}

EndpointPool::EndpointPool(std::size_t endpoints, std::optional<TensorFormat> format, const BreakerSettings& settings)
    : format_of_all_(format), endpoints_(endpoints, Endpoint{CircuitBreaker(settings), format, false, 0, 0}) {}

std::optional<std::size_t> EndpointPool::next(const std::vector<std::size_t>& tried, TimePoint now) {
  const MutexLock lock(mutex_);
  for (std::size_t step = 0; step < endpoints_.size(); ++step) {
    const std::size_t endpoint = (turn_ + step) % endpoints_.size();
    const bool was_tried = std::find(tried.begin(), tried.end(), endpoint) != tried.end();
    if (was_tried || !endpoints_[endpoint].breaker.admits(now)) continue;
    turn_ = (endpoint + 1) % endpoints_.size();
    return endpoint;
  }
  return std::nullopt;
}

void EndpointPool::succeeded(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  endpoints_[endpoint].breaker.succeeded();
  ++endpoints_[endpoint].answered;
}

void EndpointPool::refused(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  Endpoint& refused = endpoints_[endpoint];
  refused.breaker.succeeded();
  refused.format = format_of_all_;
  refused.proven = false;
  ++refused.failed;
}

void EndpointPool::lost(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  ++endpoints_[endpoint].failed;
}

void EndpointPool::failed(std::size_t endpoint, TimePoint now) {
  const MutexLock lock(mutex_);
  Endpoint& failed = endpoints_[endpoint];
  failed.breaker.failed(now);
  ++failed.failed;
  if (!failed.breaker.is_open()) return;
  failed.format = format_of_all_;
  failed.proven = false;
}

std::optional<TensorFormat> EndpointPool::format(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  return endpoints_[endpoint].format;
}

void EndpointPool::learned_format(std::size_t endpoint, TensorFormat format) {
  const MutexLock lock(mutex_);
  endpoints_[endpoint].format = format;
}

bool EndpointPool::is_proven(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  return endpoints_[endpoint].proven;
}

void EndpointPool::proven(std::size_t endpoint) {
  const MutexLock lock(mutex_);
  endpoints_[endpoint].proven = true;
}

std::vector<PoolServer> EndpointPool::tallies() {
  const MutexLock lock(mutex_);
  std::vector<PoolServer> servers;
  for (const Endpoint& endpoint : endpoints_)
    servers.push_back({{}, endpoint.answered, endpoint.failed, endpoint.breaker.is_open()});
  return servers;
}

}  // namespace winnow
