// fused_bag.h - the default architecture's forward() and its derivatives in a few loops over plain memory.
//
// LibTorch spends most of a small batch's time between its operators: checks, allocations, threads' local state, the
// interpreter. What is computed is what architecture.h's forward() says, number by number.
//
// Owns:    a copy of the weights, which twins share.
// Threads: any, side by side: a call has its own numbers.
// Fails:   see engine/model.h; tokens out of range are refused as LibTorch does.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "engine/torch/architecture.h"
#include "engine/torch/kept_rows.h"
#include "engine/torch/row_matrix.h"

namespace winnow {

/// The weights, and what is computed with them.
class BagNetwork {
 public:
  explicit BagNetwork(const ModuleParts& parts);

  Status run(const TokenBatch& batch, std::vector<float>& logits) const;
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) const;

 private:
  /// What is computed for one message.
  struct Work {
    std::vector<std::int64_t> places;  // in table_, of the tokens
    std::vector<float> bag, joined, hidden;
    std::vector<float> bag_slope, hidden_slope;  // of the logit
  };
  /// One message's part of a batch.
  struct View {
    const std::int64_t* tokens;
    const float* weights;
    const float* dense;
    std::size_t count;
  };

  Status check(const TokenBatch& batch) const;
  View message(const TokenBatch& batch, std::size_t index) const;
  Work make_work() const;
  void compute(const View& message, Work& work) const;
  float logit(std::size_t label, const Work& work) const;
  /// Of the computed message: by its bag into `work`, by its dense values into `dense`.
  void find_slopes(std::size_t label, Work& work, float* dense) const;

  const std::size_t labels_, embedding_, dense_;
  const KeptRows kept_;            // which tokens' rows are in the table
  const RowMatrix table_;          // rows: those tokens; the last one, of zeros, stands for all others
  const RowMatrix hidden_weight_;  // rows: embedding and dense values
  const RowMatrix output_weight_;  // rows: labels
  const std::vector<float> hidden_bias_, output_bias_;
};

/// A network as a Model, which its twins share.
class FusedBag : public Model {
 public:
  explicit FusedBag(std::shared_ptr<const BagNetwork> network) : network_(std::move(network)) {}

  Status run(const TokenBatch& batch, std::vector<float>& logits) override { return network_->run(batch, logits); }
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    return network_->differentiate(batch, label, gradients);
  }
  bool runs_side_by_side() const override { return true; }
  std::unique_ptr<Model> twin() const override { return std::make_unique<FusedBag>(network_); }
  std::string device() const override { return "cpu"; }
  std::string form() const override { return "fused"; }

 private:
  const std::shared_ptr<const BagNetwork> network_;
};

/// Whether the forward() of a module with these parts is, operator by operator, the one that make_shipped_module() writes.
bool has_default_forward(const torch::jit::Module& module, const ModuleParts& parts);

}  // namespace winnow
