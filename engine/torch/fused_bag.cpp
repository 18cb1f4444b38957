#include "engine/torch/fused_bag.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/canonicalize.h>
#include <torch/script.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "engine/torch/batch_tensors.h"

namespace winnow {
namespace {

RowMatrix rows_of(const at::Tensor& tensor) {
  const at::Tensor matrix = tensor.contiguous();
  return RowMatrix(matrix.data_ptr<float>(), static_cast<std::size_t>(matrix.size(0)),
                   static_cast<std::size_t>(matrix.size(1)));
}

/// With zeros up to `size`.
std::vector<float> padded(const at::Tensor& tensor, std::size_t size) {
  const at::Tensor vector = tensor.contiguous();
  std::vector<float> values(vector.data_ptr<float>(), vector.data_ptr<float>() + vector.numel());
  values.resize(size, 0.0f);
  return values;
}

/// The operators of forward() by name and order, without the module's own type, whose name depends on what was loaded before.
std::string operators_of(const torch::jit::Module& module) {
  const std::string text = torch::jit::Canonicalize(module.get_method("forward").graph(), false)->toString(false);
  return text.substr(text.find('\n'));
}

/// Written to a file and read again, which changes how code is spelt.
torch::jit::Module read_again(const torch::jit::Module& module) {
  std::stringstream file;
  module.save(file);
  return torch::jit::load(file);
}

}  // namespace

bool has_default_forward(const torch::jit::Module& module) {
  ModuleParts parts;
  if (is_sharded(module) || !read_parts(module, parts)) return false;
  const std::string operators = operators_of(module);
  parts.table = parts.table.narrow(0, 0, 0);  // the code is the same without rows
  const torch::jit::Module shipped = make_shipped_module(parts);
  return operators == operators_of(shipped) || operators == operators_of(read_again(shipped));
}

FusedBag::FusedBag(const ModuleParts& parts)
    : labels_(static_cast<std::size_t>(parts.labels)),
      embedding_(static_cast<std::size_t>(parts.table.size(1)) - labels_),
      dense_(static_cast<std::size_t>(parts.mlp[0].size(0)) - embedding_),
      table_(rows_of(parts.table)),
      hidden_weight_(rows_of(parts.mlp[0])),
      output_weight_(rows_of(parts.mlp[2].t())),
      hidden_bias_(padded(parts.mlp[1], hidden_weight_.stride())),
      output_bias_(padded(parts.mlp[3], labels_)),
      bag_(table_.stride()),
      joined_(embedding_ + dense_),
      hidden_(hidden_weight_.stride()),
      bag_slope_(table_.stride()),
      hidden_slope_(hidden_weight_.stride()) {}

Status FusedBag::check(const TokenBatch& batch) const {
  if (Status status = check_batch(batch); !status) return status;
  if (batch.dense.size() != batch.messages * dense_)
    return Status::failed("the model takes " + std::to_string(dense_) + " dense values, not " +
                          std::to_string(batch.dense.size() / batch.messages));
  const auto rows = static_cast<std::uint64_t>(table_.rows());
  for (const std::int64_t token : batch.tokens) {
    if (static_cast<std::uint64_t>(token) >= rows)  // negative ones too
      return Status::failed("token " + std::to_string(token) + " is not in a table of " + std::to_string(rows) + " rows");
  }
  return Status::ok();
}

FusedBag::View FusedBag::message(const TokenBatch& batch, std::size_t index) const {
  const auto first = static_cast<std::size_t>(batch.offsets[index]);
  const auto end = index + 1 < batch.messages ? static_cast<std::size_t>(batch.offsets[index + 1]) : batch.tokens.size();
  return {batch.tokens.data() + first, batch.weights.data() + first, batch.dense.data() + index * dense_, end - first};
}

void FusedBag::compute(const View& message) {
  std::fill(bag_.begin(), bag_.end(), 0.0f);
  table_.add_rows(message.tokens, message.weights, message.count, bag_.data());
  const auto dense = std::copy_n(bag_.begin() + static_cast<std::ptrdiff_t>(labels_), embedding_, joined_.begin());
  std::copy_n(message.dense, dense_, dense);
  hidden_ = hidden_bias_;
  hidden_weight_.add_all_rows(joined_.data(), hidden_.data());
  for (float& value : hidden_) value = value > 0 || value != value ? value : 0.0f;  // NaN stays NaN
}

float FusedBag::logit(std::size_t label) const {
  return bag_[label] + (output_bias_[label] + output_weight_.dot(label, hidden_.data()));
}

void FusedBag::find_slopes(std::size_t label, float* dense) {
  for (std::size_t i = 0; i < hidden_.size(); ++i) hidden_slope_[i] = hidden_[i] > 0 ? output_weight_.row(label)[i] : 0.0f;
  std::fill(bag_slope_.begin(), bag_slope_.end(), 0.0f);
  bag_slope_[label] = 1;
  for (std::size_t i = 0; i < embedding_; ++i) bag_slope_[labels_ + i] = hidden_weight_.dot(i, hidden_slope_.data());
  for (std::size_t i = 0; i < dense_; ++i) dense[i] = hidden_weight_.dot(embedding_ + i, hidden_slope_.data());
}

Status FusedBag::run(const TokenBatch& batch, std::vector<float>& logits) {
  if (Status status = check(batch); !status) return status;
  logits.clear();
  for (std::size_t i = 0; i < batch.messages; ++i) {
    compute(message(batch, i));
    for (std::size_t label = 0; label < labels_; ++label) logits.push_back(logit(label));
  }
  return Status::ok();
}

Status FusedBag::differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) {
  if (Status status = check(batch); !status) return status;
  if (label >= labels_) return Status::failed("the model has no such label");
  gradients.logits.clear();
  gradients.weights.clear();
  gradients.dense.resize(batch.dense.size());
  for (std::size_t i = 0; i < batch.messages; ++i) {
    const View point = message(batch, i);
    compute(point);
    gradients.logits.push_back(logit(label));
    find_slopes(label, gradients.dense.data() + i * dense_);
    for (std::size_t k = 0; k < point.count; ++k)
      gradients.weights.push_back(table_.dot(static_cast<std::size_t>(point.tokens[k]), bag_slope_.data()));
  }
  return Status::ok();
}

}  // namespace winnow
