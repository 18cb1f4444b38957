// fused_bag.h - the default architecture's forward() and its derivatives in a few loops over plain memory.
//
// LibTorch spends most of a small batch's time between its operators: checks, allocations, threads' local state, the
// interpreter. What is computed is what architecture.h's forward() says, number by number.
//
// Owns:    a copy of the weights.
// Threads: one call at a time.
// Fails:   see engine/model.h; tokens out of range are refused as LibTorch does.
#pragma once

#include <string>
#include <vector>

#include "engine/model.h"
#include "engine/torch/architecture.h"
#include "engine/torch/row_matrix.h"

namespace winnow {

class FusedBag : public Model {
 public:
  explicit FusedBag(const ModuleParts& parts);

  Status run(const TokenBatch& batch, std::vector<float>& logits) override;
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override;
  std::string device() const override { return "cpu"; }
  std::string form() const override { return "fused"; }

 private:
  /// One message's part of a batch.
  struct View {
    const std::int64_t* tokens;
    const float* weights;
    const float* dense;
    std::size_t count;
  };

  Status check(const TokenBatch& batch) const;
  View message(const TokenBatch& batch, std::size_t index) const;
  /// Into bag_, joined_ and hidden_.
  void compute(const View& message);
  float logit(std::size_t label) const;
  /// Of the computed message's logit: by bag_ into bag_slope_, by the dense values.
  void find_slopes(std::size_t label, float* dense);

  const std::size_t labels_, embedding_, dense_;
  const RowMatrix table_;          // rows: tokens
  const RowMatrix hidden_weight_;  // rows: embedding and dense values
  const RowMatrix output_weight_;  // rows: labels
  std::vector<float> hidden_bias_, output_bias_;
  std::vector<float> bag_, joined_, hidden_, bag_slope_, hidden_slope_;
};

/// Whether the module's forward() is, operator by operator, the one that make_shipped_module() writes.
bool has_default_forward(const torch::jit::Module& module);

}  // namespace winnow
