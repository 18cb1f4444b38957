#include "milter/metrics_door.h"

#include <exception>
#include <system_error>
#include <utility>

namespace winnow {

MetricsDoor::MetricsDoor(std::string listen, HttpRoutes routes, Log& log, std::chrono::milliseconds pause)
    : listen_(std::move(listen)), routes_(std::move(routes)), log_(log), pause_(pause) {}

void MetricsDoor::open() {
  std::string error;
  if (listen_.empty() || try_to_open(error)) return;
  try {
    thread_ = std::thread([this] { keep_trying(); });
    log_.error("metrics are off: " + error + "; tried again until it works");
  } catch (const std::system_error& no_thread) {
    log_.error("metrics are off: " + error + "; not tried again: " + no_thread.what());
  }
}

bool MetricsDoor::try_to_open(std::string& error) {
  std::unique_ptr<HttpEndpoint> endpoint = HttpEndpoint::start(listen_, routes_, error);
  if (endpoint == nullptr) return false;
  const MutexLock lock(mutex_);
  if (!closing_) endpoint_ = std::move(endpoint);
  return endpoint_ != nullptr;
}

void MetricsDoor::keep_trying() {
  while (wait_for_next_try()) {
    try {
      std::string error;
      if (!try_to_open(error)) continue;
      log_.info("metrics are on: " + address());
      return;
    } catch (const std::exception&) {
      // Memory ran out; it is one more try that came to nothing.
    }
  }
}

bool MetricsDoor::wait_for_next_try() {
  const auto until = std::chrono::steady_clock::now() + pause_;
  const MutexLock lock(mutex_);
  while (!closing_ && !asked_) {
    if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  asked_ = false;
  return !closing_;
}

void MetricsDoor::try_now() {
  const MutexLock lock(mutex_);
  asked_ = true;
  changed_.notify_all();
}

void MetricsDoor::close() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    if (endpoint_ != nullptr) endpoint_->close_door();
  }
  if (thread_.joinable()) thread_.join();
}

std::string MetricsDoor::address() const {
  const MutexLock lock(mutex_);
  return endpoint_ == nullptr ? "off" : endpoint_->address();
}

}  // namespace winnow
