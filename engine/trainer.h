// trainer.h - builds and trains the default architecture; implemented by the LibTorch plugin.
//
// Owns:    a Trainer owns the module and the optimizer's state.
// Threads: one thread.
// Blocks:  step() for one forward, backward and update.
// Fails:   a failed Status; never throws.
// Shapes:  targets and importance are messages x labels; importance 0 leaves a label of a message out of the loss.
//
// It learns the rows of the table that it was made for, and only those are in memory: a table can be so large that hardly
// two tokens share a row. A token of any other row counts nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

/// The default architecture: a hashed embedding bag (per-sample weights, sum) joined with the dense features in a small
/// MLP, beside a linear part over the tokens. Without embedding and hidden units: the linear part alone.
struct ArchitectureSpec {
  std::size_t table_size = 1u << 22;  // rows, a power of two; so many that few tokens share one (docs/accuracy.md)
  std::size_t embedding_width = 4;
  std::size_t dense_width = 0;
  std::size_t hidden_width = 32;
  std::size_t labels = 1;
};

struct OptimizerSpec {
  double learning_rate = 0.003;       // of Adagrad; chosen by later mail of the same lists (docs/accuracy.md)
  double dense_learning_rate = 0.02;  // of Adam, of the MLP
  double weight_decay = 0.0;
  double token_dropout = 0.3;  // share of tokens left out per step
  double dense_dropout = 0.1;
  std::uint64_t seed = 1;
};

/// What two models count in their sum.
struct Shares {
  double own = 0.5, other = 0.5;
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  /// One optimizer step on logits (binary cross entropy); `loss` gets the weighted mean.
  virtual Status step(const TokenBatch& batch, const std::vector<float>& targets, const std::vector<float>& importance,
                      double& loss) = 0;
  /// Logits without dropout.
  virtual Status predict(const TokenBatch& batch, std::vector<float>& logits) const = 0;
  /// Takes the other model in: from now on the logits are the weighted sum of both. The architecture becomes wider by the
  /// other's; what comes after is prediction and saving only. Both must have been made for the same rows.
  virtual Status absorb(const Trainer& other, Shares shares) = 0;
  /// For models that went out from the same one and have its shape and rows still: each weight becomes the weighted sum of
  /// both. About as good as absorb() for them, and no wider. Source: Wortsman et al. 2022, "Model soups". What comes after is prediction
  /// and saving only.
  virtual Status blend(const Trainer& other, Shares shares) = 0;
  /// Module and optimizer, to go on later with restore().
  virtual Status checkpoint(std::string& bytes) = 0;
  virtual Status restore(const std::string& bytes) = 0;
  /// The TorchScript archive, every weight a float as it was learnt, without the rows that were not; manifest as
  /// extra/winnow.json. Ready to serve, and for a Compressor.
  virtual Status save(const std::string& manifest_json, std::string& bytes) = 0;
};

}  // namespace winnow
