// model.h - a classifier that is ready to run: one call, many messages.
//
// Owns:    a Model owns its weights.
// Threads: run() from one thread at a time per Model; use a Model per inference thread, or a lock.
// Blocks:  for the time of the computation.
// Fails:   run() returns a failed Status and leaves logits unspecified; it never throws.
// Shapes:  TokenBatch as torch.embedding_bag takes it: offsets[i] is where message i starts in tokens and weights;
//          dense is messages x dense_width, row by row; logits come back as messages x labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/status.h"

namespace winnow {

struct TokenBatch {
  std::vector<std::int64_t> tokens;
  std::vector<float> weights;
  std::vector<std::int64_t> offsets;
  std::vector<float> dense;
  std::size_t messages = 0;

  void clear();
  /// Appends one message. dense must have the same length for all messages of a batch.
  void add(const std::vector<std::int64_t>& message_tokens, const std::vector<float>& message_weights,
           const std::vector<float>& message_dense);
};

class Model {
 public:
  virtual ~Model() = default;
  virtual Status run(const TokenBatch& batch, std::vector<float>& logits) = 0;
  /// "cpu", "cuda:0"
  virtual std::string device() const = 0;
};

}  // namespace winnow
