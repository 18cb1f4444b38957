// metrics_door.h - the HTTP endpoint of metrics.listen, opened as soon as its address can be had.
//
// Owns:    the endpoint, and a thread that tries again while there is none. Borrows the log.
// Threads: open() first, once; the others from any thread.
// Blocks:  open() and close() for one try at most (http_endpoint.h); the others for a lock.
// Fails:   mail is worth more than its statistics, so the daemon runs without them: the log says once that they are off, and
//          once that they are on.
// Units:   the pause is between two tries.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <thread>

#include "engine/thread_annotations.h"
#include "milter/http_endpoint.h"
#include "milter/log.h"

namespace winnow {

class MetricsDoor {
 public:
  /// `listen` as in the settings; "" is off.
  MetricsDoor(std::string listen, HttpRoutes routes, Log& log,
              std::chrono::milliseconds pause = std::chrono::seconds(5));
  ~MetricsDoor() { close(); }

  void open() EXCLUDES(mutex_);
  /// While it is not open: the next try comes at once.
  void try_now() EXCLUDES(mutex_);
  /// Nobody connects any more, and nothing is tried.
  void close() EXCLUDES(mutex_);
  /// Where it listens, with the port it really got; or "off".
  std::string address() const EXCLUDES(mutex_);

 private:
  bool try_to_open(std::string& error) EXCLUDES(mutex_);
  void keep_trying() EXCLUDES(mutex_);
  bool wait_for_next_try() EXCLUDES(mutex_);

  const std::string listen_;
  const HttpRoutes routes_;
  Log& log_;
  const std::chrono::milliseconds pause_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<HttpEndpoint> endpoint_ GUARDED_BY(mutex_);
  bool asked_ GUARDED_BY(mutex_) = false;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace winnow
