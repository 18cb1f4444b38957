// batch_tensors.h - a TokenBatch as the four tensors of forward().
//
// Owns:    borrow_tensors() borrows the batch's memory: the batch must outlive the tensors, which must not be written.
// Fails:   check_batch() answers a failed Status; the others throw what LibTorch throws.
#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

struct BatchTensors {
  at::Tensor tokens, weights, offsets, dense;
};

/// Lengths and offsets must agree before anything reads by them.
Status check_batch(const TokenBatch& batch);
/// Of a table of so many rows.
Status check_tokens(const TokenBatch& batch, std::size_t rows);
/// Behind the message's last token.
inline std::size_t end_of(const TokenBatch& batch, std::size_t message) {
  return message + 1 < batch.messages ? static_cast<std::size_t>(batch.offsets[message + 1]) : batch.tokens.size();
}
/// The same messages with the tokens for which take(token, weight) is true, as it has changed them; without dense values. The
/// batch must have been checked.
template <class Take>
TokenBatch with_tokens(const TokenBatch& batch, const Take& take) {
  TokenBatch some;
  some.messages = batch.messages;
  some.tokens.reserve(batch.tokens.size());
  some.weights.reserve(batch.tokens.size());
  for (std::size_t message = 0; message < batch.messages; ++message) {
    some.offsets.push_back(static_cast<std::int64_t>(some.tokens.size()));
    for (auto i = static_cast<std::size_t>(batch.offsets[message]); i < end_of(batch, message); ++i) {
      std::int64_t token = batch.tokens[i];
      float weight = batch.weights[i];
      if (!take(token, weight)) continue;
      some.tokens.push_back(token);
      some.weights.push_back(weight);
    }
  }
  return some;
}
BatchTensors borrow_tensors(const TokenBatch& batch);
/// `values` as rows x columns, borrowed.
at::Tensor borrow_matrix(const std::vector<float>& values, std::size_t rows, std::size_t columns);
/// "[2, 3]"
std::string shape_text(const at::Tensor& tensor);

}  // namespace winnow
