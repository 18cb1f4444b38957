#include "engine/remote/server_turns.h"

#include <algorithm>

namespace winnow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using TimePoint = ServerTurns::TimePoint;

constexpr unsigned kMaxTries = 3;             // of one batch, each on another server
constexpr milliseconds kStandInReserve{250};  // what the model here needs on a busy machine
constexpr milliseconds kShortestTry{5};       // less is not worth a server's work

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

ServerTurns::ServerTurns(std::size_t servers, std::optional<TensorFormat> format, const BreakerSettings& settings)
    : format_of_all_(format), servers_(servers, Server{CircuitBreaker(settings), format, false, 0, 0}) {}

std::optional<std::size_t> ServerTurns::next(const std::vector<std::size_t>& tried, TimePoint now) {
  const MutexLock lock(mutex_);
  for (std::size_t step = 0; step < servers_.size(); ++step) {
    const std::size_t server = (turn_ + step) % servers_.size();
    const bool was_tried = std::find(tried.begin(), tried.end(), server) != tried.end();
    if (was_tried || !servers_[server].breaker.admits(now)) continue;
    turn_ = (server + 1) % servers_.size();
    return server;
  }
  return std::nullopt;
}

void ServerTurns::succeeded(std::size_t server) {
  const MutexLock lock(mutex_);
  servers_[server].breaker.succeeded();
  ++servers_[server].answered;
}

void ServerTurns::refused(std::size_t server) {
  const MutexLock lock(mutex_);
  Server& refused = servers_[server];
  refused.breaker.succeeded();
  refused.format = format_of_all_;
  refused.proven = false;
  ++refused.failed;
}

void ServerTurns::lost(std::size_t server) {
  const MutexLock lock(mutex_);
  ++servers_[server].failed;
}

void ServerTurns::failed(std::size_t server, TimePoint now) {
  const MutexLock lock(mutex_);
  Server& failed = servers_[server];
  failed.breaker.failed(now);
  ++failed.failed;
  if (!failed.breaker.is_open()) return;
  failed.format = format_of_all_;
  failed.proven = false;
}

std::optional<TensorFormat> ServerTurns::format(std::size_t server) {
  const MutexLock lock(mutex_);
  return servers_[server].format;
}

void ServerTurns::learned_format(std::size_t server, TensorFormat format) {
  const MutexLock lock(mutex_);
  servers_[server].format = format;
}

bool ServerTurns::is_proven(std::size_t server) {
  const MutexLock lock(mutex_);
  return servers_[server].proven;
}

void ServerTurns::proven(std::size_t server) {
  const MutexLock lock(mutex_);
  servers_[server].proven = true;
}

std::vector<PoolServer> ServerTurns::tallies() {
  const MutexLock lock(mutex_);
  std::vector<PoolServer> servers;
  for (const Server& server : servers_)
    servers.push_back({{}, server.answered, server.failed, server.breaker.is_open()});
  return servers;
}

}  // namespace winnow
