// model.h - a classifier that is ready to run: one call, many messages.
//
// Owns:    a Model owns its weights.
// Threads: run() and differentiate() from one thread at a time per Model; use a Model per inference thread, or a lock. One
//          that runs_side_by_side() from any.
// Blocks:  for the time of the computation.
// Fails:   both return a failed Status and leave their result unspecified; they never throw.
// Shapes:  TokenBatch as torch.embedding_bag takes it: offsets[i] is where message i starts in tokens and weights;
//          dense is messages x dense_width, row by row; logits come back as messages x labels.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/status.h"

namespace winnow {

struct TokenBatch {
  std::vector<std::int64_t> tokens;
  std::vector<float> weights;
  std::vector<std::int64_t> offsets;
  std::vector<float> dense;
  std::size_t messages = 0;
  /// When the first of the messages needs its answer. A model that computes here may run past it; one that waits for
  /// others may not.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();

  void clear();
  /// Appends one message. dense must have the same length for all messages of a batch.
  void add(const std::vector<std::int64_t>& message_tokens, const std::vector<float>& message_weights,
           const std::vector<float>& message_dense);
};

/// One label of each message of a batch: its logit, and how the logit changes with that message's inputs.
struct Gradients {
  std::vector<float> logits;   // messages
  std::vector<float> weights;  // d logit / d weight, in the order of TokenBatch::weights
  std::vector<float> dense;    // d logit / d dense value, in the order of TokenBatch::dense
};

/// A failure_cause(): the device has failed, not the computation; the model may have to be made anew.
inline constexpr std::string_view kDeviceFailure = "device";

class Model {
 public:
  virtual ~Model() = default;
  virtual Status run(const TokenBatch& batch, std::vector<float>& logits) = 0;
  /// For explanations; costs about three runs. A model that has no derivatives fails.
  virtual Status differentiate(const TokenBatch& /*batch*/, std::size_t /*label*/, Gradients& /*gradients*/) {
    return Status::failed("this model has no derivatives, which an explanation needs");
  }
  /// True when any threads may call run() and differentiate() at once, however many come and go: then a message needs no
  /// inference thread. Not so for what LibTorch computes: it keeps memory for each thread that it has ever run on.
  virtual bool runs_side_by_side() const { return false; }
  /// Another one with the same weights in memory, to run beside this one; null where each needs its own.
  virtual std::unique_ptr<Model> twin() const { return nullptr; }
  /// Why another model than the first choice answered the latest run(): "timeout", "device", ... one word of a fixed set;
  /// "" when none had to stand in.
  virtual std::string_view stand_in_cause() const { return {}; }
  /// Why the latest run() failed, in one word of a fixed set: what stand_in_cause() says when another model then answered.
  virtual std::string_view failure_cause() const { return "model"; }
  /// "cpu", "cuda:0"; "cuda:0+cuda:1" when it is spread over several
  virtual std::string device() const = 0;
  /// What was done to it to run, for people: "frozen"
  virtual std::string form() const { return "as it is"; }
};

}  // namespace winnow
