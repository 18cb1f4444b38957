#include "engine/torch/batch_tensors.h"

#include <algorithm>
#include <cstdint>

namespace winnow {
namespace {

template <class Value>
at::Tensor borrow(const std::vector<Value>& values, at::IntArrayRef shape, at::ScalarType type) {
  if (values.empty()) return at::empty(shape, at::TensorOptions(type));
  // from_blob wants a mutable pointer; nobody writes through it.
  return at::from_blob(const_cast<Value*>(values.data()), shape, at::TensorOptions(type));
}

}  // namespace

Status check_batch(const TokenBatch& batch) {
  if (batch.messages == 0) return Status::failed("the batch is empty");
  if (batch.tokens.size() != batch.weights.size()) return Status::failed("tokens and weights differ in length");
  if (batch.offsets.size() != batch.messages) return Status::failed("offsets do not match the messages");
  if (batch.offsets.front() != 0 || !std::is_sorted(batch.offsets.begin(), batch.offsets.end()) ||
      static_cast<std::size_t>(batch.offsets.back()) > batch.tokens.size())
    return Status::failed("offsets do not lie within the tokens");
  if (batch.dense.size() % batch.messages != 0) return Status::failed("dense features do not match the messages");
  return Status::ok();
}

Status check_tokens(const TokenBatch& batch, std::size_t rows) {
  for (const std::int64_t token : batch.tokens) {
    if (static_cast<std::uint64_t>(token) >= rows)  // negative ones too
      return Status::failed("token " + std::to_string(token) + " is not in a table of " + std::to_string(rows) +
                            " rows");
  }
  return Status::ok();
}

BatchTensors borrow_tensors(const TokenBatch& batch) {
  const auto tokens = static_cast<std::int64_t>(batch.tokens.size());
  const auto messages = static_cast<std::int64_t>(batch.messages);
  BatchTensors tensors;
  tensors.tokens = borrow(batch.tokens, {tokens}, at::kLong);
  tensors.weights = borrow(batch.weights, {tokens}, at::kFloat);
  tensors.offsets = borrow(batch.offsets, {messages}, at::kLong);
  tensors.dense = borrow_matrix(batch.dense, batch.messages, batch.dense.size() / batch.messages);
  return tensors;
}

at::Tensor borrow_matrix(const std::vector<float>& values, std::size_t rows, std::size_t columns) {
  return borrow(values, {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)}, at::kFloat);
}

std::string shape_text(const at::Tensor& tensor) {
  std::string text = "[";
  for (std::int64_t i = 0; i < tensor.dim(); ++i) text += (i > 0 ? ", " : "") + std::to_string(tensor.size(i));
  return text + "]";
}

}  // namespace winnow
