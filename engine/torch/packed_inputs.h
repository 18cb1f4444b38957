// packed_inputs.h - a TokenBatch on a GPU by one copy: its four arrays lie one after the other in memory that is pinned.
//
// Owns:    the memory, which grows to the largest batch. When the GPU is lost it is left to the process's end.
// Threads: one at a time.
// Fails:   throws what LibTorch throws.
#pragma once

#include <ATen/ATen.h>

#include "engine/torch/batch_tensors.h"

namespace winnow {

/// A GPU copies by itself only from pinned memory, which memory of the CPU's own kind cannot be.
enum class HostMemory { Pinned, Pageable };

class PackedInputs {
 public:
  PackedInputs(at::Device device, HostMemory kind) : device_(device), kind_(kind) {}
  ~PackedInputs() { let_go(); }
  PackedInputs(const PackedInputs&) = delete;
  PackedInputs& operator=(const PackedInputs&) = delete;

  /// The copy is on its way when this returns, on the current stream; valid until the next call. The batch was checked.
  BatchTensors place(const TokenBatch& batch);

 private:
  void reserve(std::int64_t bytes);
  void let_go();

  const at::Device device_;
  const HostMemory kind_;
  at::Tensor memory_;  // bytes
};

}  // namespace winnow
