#include "engine/torch/fused_bag.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/canonicalize.h>
#include <torch/script.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "engine/torch/batch_tensors.h"
#include "engine/torch/packed_table.h"

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

bool has_default_forward(const torch::jit::Module& module, const ModuleParts& parts) {
  const std::string operators = operators_of(module);
  const KeptTable none = parts.table.between(0, 0);  // the code is the same without rows
  const torch::jit::Module shipped = make_shipped_module(parts, pack_table(none, kFloatBits));
  return operators == operators_of(shipped) || operators == operators_of(read_again(shipped));
}

BagNetwork::BagNetwork(const ModuleParts& parts)
    : labels_(static_cast<std::size_t>(parts.labels)),
      embedding_(static_cast<std::size_t>(parts.table.columns()) - labels_),
      dense_(static_cast<std::size_t>(parts.mlp[0].size(0)) - embedding_),
      kept_(static_cast<std::size_t>(parts.table.rows), parts.table.kept),
      table_(rows_of(parts.table.with_zeros())),
      hidden_weight_(rows_of(parts.mlp[0])),
      output_weight_(rows_of(parts.mlp[2].t())),
      hidden_bias_(padded(parts.mlp[1], hidden_weight_.stride())),
      output_bias_(padded(parts.mlp[3], labels_)) {}

BagNetwork::Work BagNetwork::make_work() const {
  const std::size_t bag = table_.stride(), hidden = hidden_weight_.stride();
  return {{},
          std::vector<float>(bag),
          std::vector<float>(embedding_ + dense_),
          std::vector<float>(hidden),
          std::vector<float>(bag),
          std::vector<float>(hidden)};
}

Status BagNetwork::check(const TokenBatch& batch) const {
  if (Status status = check_batch(batch); !status) return status;
  if (batch.dense.size() != batch.messages * dense_)
    return Status::failed("the model takes " + std::to_string(dense_) + " dense values, not " +
                          std::to_string(batch.dense.size() / batch.messages));
  return check_tokens(batch, kept_.rows());
}

BagNetwork::View BagNetwork::message(const TokenBatch& batch, std::size_t index) const {
  const auto first = static_cast<std::size_t>(batch.offsets[index]);
  return {batch.tokens.data() + first, batch.weights.data() + first, batch.dense.data() + index * dense_,
          end_of(batch, index) - first};
}

void BagNetwork::compute(const View& message, Work& work) const {
  work.places.resize(message.count);
  for (std::size_t i = 0; i < message.count; ++i)
    work.places[i] = static_cast<std::int64_t>(kept_.place(static_cast<std::size_t>(message.tokens[i])));
  std::fill(work.bag.begin(), work.bag.end(), 0.0f);
  table_.add_rows(work.places.data(), message.weights, message.count, work.bag.data());
  const auto dense =
      std::copy_n(work.bag.begin() + static_cast<std::ptrdiff_t>(labels_), embedding_, work.joined.begin());
  std::copy_n(message.dense, dense_, dense);
  work.hidden = hidden_bias_;
  hidden_weight_.add_all_rows(work.joined.data(), work.hidden.data());
  for (float& value : work.hidden) value = value > 0 || value != value ? value : 0.0f;  // NaN stays NaN
}

float BagNetwork::logit(std::size_t label, const Work& work) const {
  return work.bag[label] + (output_bias_[label] + output_weight_.dot(label, work.hidden.data()));
}

void BagNetwork::find_slopes(std::size_t label, Work& work, float* dense) const {
  const float* weight = output_weight_.row(label);
  for (std::size_t i = 0; i < work.hidden.size(); ++i) work.hidden_slope[i] = work.hidden[i] > 0 ? weight[i] : 0.0f;
  const auto slope = [&](std::size_t input) { return hidden_weight_.dot(input, work.hidden_slope.data()); };
  std::fill(work.bag_slope.begin(), work.bag_slope.end(), 0.0f);
  work.bag_slope[label] = 1;
  for (std::size_t i = 0; i < embedding_; ++i) work.bag_slope[labels_ + i] = slope(i);
  for (std::size_t i = 0; i < dense_; ++i) dense[i] = slope(embedding_ + i);
}

Status BagNetwork::run(const TokenBatch& batch, std::vector<float>& logits) const {
  if (Status status = check(batch); !status) return status;
  Work work = make_work();
  logits.clear();
  for (std::size_t i = 0; i < batch.messages; ++i) {
    compute(message(batch, i), work);
    for (std::size_t label = 0; label < labels_; ++label) logits.push_back(logit(label, work));
  }
  return Status::ok();
}

Status BagNetwork::differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) const {
  if (Status status = check(batch); !status) return status;
  if (label >= labels_) return Status::failed("the model has no such label");
  Work work = make_work();
  gradients.logits.clear();
  gradients.weights.clear();
  gradients.dense.resize(batch.dense.size());
  for (std::size_t i = 0; i < batch.messages; ++i) {
    const View point = message(batch, i);
    compute(point, work);
    gradients.logits.push_back(logit(label, work));
    find_slopes(label, work, gradients.dense.data() + i * dense_);
    for (std::size_t k = 0; k < point.count; ++k)
      gradients.weights.push_back(table_.dot(static_cast<std::size_t>(work.places[k]), work.bag_slope.data()));
  }
  return Status::ok();
}

}  // namespace winnow
