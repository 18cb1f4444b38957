// batcher.h - collects waiting messages into one model call; what explains a message runs when no message is due.
//
// A message that may still wait for others, by max_queue_delay, is not due yet. A model that runs_side_by_side() costs less
// than a queue: there is none then, and submit() and submit_gradients() compute at once (docs/adr/0007).
//
// Owns:    its inference threads, one per Model, and the Models.
// Threads: submit() and Ticket from any thread; construction and stop() by the owner.
// Blocks:  submit() and submit_gradients() never wait: a full queue answers Busy at once. Ticket::wait_until as told.
//          stop() until what is queued is done.
// Fails:   if the model fails, or memory does, every message of that batch gets ModelFailed; a logit that is not a
//          finite number is ModelFailed too.
// Units:   max_queue_delay counts from the oldest waiting message; 0 = an idle thread takes what waits at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/features/features.h"
#include "engine/model.h"

namespace winnow {

struct BatchSettings {
  std::size_t max_batch_size = 32;         // messages
  std::size_t max_batch_tokens = 131'072;  // of a batch; a message that has more goes alone
  std::chrono::microseconds max_queue_delay{0};
  std::size_t max_queue_length = 1024;  // messages
  std::size_t labels = 1;
};

/// Why a message has no probability. Internal: what is around the model failed, for want of memory most likely.
enum class ScoreError { None, Busy, Deadline, ModelFailed, Stopped, Gone, Internal };
std::string_view score_error_name(ScoreError error);  // "busy", "deadline", "model", "stopped", "gone", "internal"

/// What came of one message.
struct Outcome {
  ScoreError error = ScoreError::None;
  std::string detail;               // of ModelFailed
  std::vector<float> logits;        // one per label
  Gradients gradients;              // of submit_gradients() instead of logits
  std::string_view stand_in_cause;  // as Model::stand_in_cause()
  std::size_t batch_size = 0;
  std::chrono::microseconds waited{0};    // in the queue
  std::chrono::microseconds inferred{0};  // of the whole batch
  std::chrono::nanoseconds cpu{0};        // processor time of this message: its part of the batch's, by tokens
};

/// A place in the queue. Destroying it cancels a message that has not been taken yet.
class Ticket {
 public:
  virtual ~Ticket() = default;
  /// The outcome, or nullopt when it is not there at `until`.
  virtual std::optional<Outcome> wait_until(std::chrono::steady_clock::time_point until) = 0;
};

class Batcher {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Batcher() = default;  // stops
  /// Never null; a refused message gets its outcome (Busy, Stopped) at once. A message that still waits at its deadline
  /// gets the outcome Deadline and costs no model's time.
  virtual std::unique_ptr<Ticket> submit(Features features, TimePoint deadline = TimePoint::max()) = 0;
  /// The gradients of one label at these points, as one call of a model for which no message is due. At most
  /// max_batch_size points. Busy when the queue, and what waits here, reaches max_queue_length.
  virtual std::unique_ptr<Ticket> submit_gradients(TokenBatch points, std::size_t label) = 0;
  /// Refuses new messages and finishes the waiting ones. Idempotent.
  virtual void stop() = 0;
  virtual std::size_t queue_length() const = 0;  // messages
};

/// `on_thread_start` runs first on every inference thread; models that run side by side have none. Throws std::system_error
/// when a thread cannot be started; then none is left running.
std::unique_ptr<Batcher> make_batcher(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings,
                                      std::function<void()> on_thread_start = {});

}  // namespace winnow
