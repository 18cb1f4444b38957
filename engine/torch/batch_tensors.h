// batch_tensors.h - a TokenBatch as the four tensors of forward().
//
// Owns:    borrow_tensors() borrows the batch's memory: the batch must outlive the tensors, which must not be written.
// Fails:   check_batch() answers a failed Status; the others throw what LibTorch throws.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

struct BatchTensors {
  at::Tensor tokens, weights, offsets, dense;
};

/// The lengths must agree before anything reads by them.
Status check_batch(const TokenBatch& batch);
BatchTensors borrow_tensors(const TokenBatch& batch);
/// `values` as rows x columns, borrowed.
at::Tensor borrow_matrix(const std::vector<float>& values, std::size_t rows, std::size_t columns);
/// "[2, 3]"
std::string shape_text(const at::Tensor& tensor);

}  // namespace winnow
