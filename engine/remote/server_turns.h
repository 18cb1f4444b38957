// server_turns.h - which server of a pool gets the next try, how long it may take, and how tensors travel to it.
//
// Owns:    one circuit breaker and tally a server, and the format that it is known to take. Shared by the models of one
//          engine.
// Threads: all methods from any thread.
// Blocks:  never.
// Fails:   never; without a server to try, next() answers nullopt. Time comes in, so that tests tell it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/pool_server.h"
#include "engine/remote/circuit_breaker.h"
#include "engine/remote/inference_protocol.h"
#include "engine/thread_annotations.h"

namespace winnow {

/// The time that one batch may spend on the pool.
class TryBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Of the time until `deadline` a part is kept for the model that stands in.
  TryBudget(TimePoint now, TimePoint deadline, std::chrono::microseconds timeout);

  /// When a try that starts now must be over; nullopt when there is no time, or no try, left.
  std::optional<TimePoint> next_try(TimePoint now);

 private:
  const TimePoint end_;
  const std::chrono::microseconds timeout_;
  unsigned tries_left_;
};

class ServerTurns {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Without a format each server is to be asked for it.
  explicit ServerTurns(std::size_t servers, std::optional<TensorFormat> format = {},
                       const BreakerSettings& settings = {});

  /// The servers in turn, without those in `tried` and those whose breaker is open.
  std::optional<std::size_t> next(const std::vector<std::size_t>& tried, TimePoint now) EXCLUDES(mutex_);
  void succeeded(std::size_t server) EXCLUDES(mutex_);
  /// It answered, and refused the request: it is there, but perhaps another one that takes another format.
  void refused(std::size_t server) EXCLUDES(mutex_);
  /// The try failed, which says nothing of the server.
  void lost(std::size_t server) EXCLUDES(mutex_);
  /// A server whose breaker opens may come back as another one: its format and its proof are forgotten.
  void failed(std::size_t server, TimePoint now) EXCLUDES(mutex_);

  /// nullopt: nobody has asked the server yet.
  std::optional<TensorFormat> format(std::size_t server) EXCLUDES(mutex_);
  void learned_format(std::size_t server, TensorFormat format) EXCLUDES(mutex_);

  /// Whether the server is known to serve the model that is here. A breaker that opens, and a refusal, take it back.
  bool is_proven(std::size_t server) EXCLUDES(mutex_);
  void proven(std::size_t server) EXCLUDES(mutex_);

  /// Of each server, without its name.
  std::vector<PoolServer> tallies() EXCLUDES(mutex_);

 private:
  struct Server {
    CircuitBreaker breaker;
    std::optional<TensorFormat> format;
    bool proven = false;
    std::uint64_t answered = 0, failed = 0;
  };

  const std::optional<TensorFormat> format_of_all_;
  Mutex mutex_;
  std::vector<Server> servers_ GUARDED_BY(mutex_);
  std::size_t turn_ GUARDED_BY(mutex_) = 0;
};

}  // namespace winnow
