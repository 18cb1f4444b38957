// metrics.h - what the daemon counts, in the words of the Prometheus text format.
//
// Owns:    its counters.
// Threads: every method from any thread, but model() from one at a time.
// Blocks:  never longer than a counter's lock.
// Fails:   never.
// Units:   seconds.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "milter/judge.h"

namespace winnow {

enum class ReloadResult { Ok, Failed };

class Metrics {
 public:
  virtual ~Metrics() = default;
  /// A message that was judged; `total` from end of message to the answer. Series of rules stay when a reload drops them.
  virtual void judged(const Judgement& judgement, std::chrono::microseconds total) = 0;
  virtual void fallback(const Fallback& fallback) = 0;
  virtual void skipped() = 0;
  /// Changes of a message that the MTA did not take.
  virtual void refused(std::size_t modifications) = 0;
  /// A message whose answer was made, and counted, but could not be handed over whole.
  virtual void unsent() = 0;
  virtual void reload(ReloadResult result) = 0;
  /// The model that answers now: winnow_model_info{name, sha256} 1.
  virtual void model(const std::string& name, const std::string& sha256) = 0;
  /// Prometheus text exposition format 0.0.4.
  virtual std::string text() const = 0;
};

std::unique_ptr<Metrics> make_metrics();

}  // namespace winnow
