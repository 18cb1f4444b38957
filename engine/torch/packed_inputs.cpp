#include "engine/torch/packed_inputs.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/torch/device_failure.h"

namespace winnow {
namespace {

constexpr std::int64_t kLeastBytes = 1 << 16;

template <class Value>
std::int64_t bytes_of(const std::vector<Value>& values) {
  return static_cast<std::int64_t>(values.size() * sizeof(Value));
}

/// Writes arrays one after the other. Those of eight bytes an element come first, so that all lie as they must.
class Writer {
 public:
  explicit Writer(std::uint8_t* memory) : memory_(memory) {}
  template <class Value>
  void add(const std::vector<Value>& values) {
    if (!values.empty()) std::memcpy(memory_, values.data(), values.size() * sizeof(Value));
    memory_ += values.size() * sizeof(Value);
  }

 private:
  std::uint8_t* memory_;
};

/// Takes them apart in the same order.
class Reader {
 public:
  explicit Reader(at::Tensor bytes) : bytes_(std::move(bytes)) {}
  template <class Value>
  at::Tensor take(const std::vector<Value>& values, at::ScalarType type) {
    const std::int64_t length = bytes_of(values);
    const at::Tensor part = bytes_.narrow(0, at_, length).view(type);
    at_ += length;
    return part;
  }

 private:
  const at::Tensor bytes_;
  std::int64_t at_ = 0;
};

}  // namespace

BatchTensors PackedInputs::place(const TokenBatch& batch) {
  const std::int64_t bytes =
      bytes_of(batch.tokens) + bytes_of(batch.offsets) + bytes_of(batch.weights) + bytes_of(batch.dense);
  reserve(bytes);
  Writer writer(memory_.data_ptr<std::uint8_t>());
  writer.add(batch.tokens);
  writer.add(batch.offsets);
  writer.add(batch.weights);
  writer.add(batch.dense);
  Reader reader(memory_.narrow(0, 0, bytes).to(device_, at::kByte, /*non_blocking=*/true));
  BatchTensors tensors;
  tensors.tokens = reader.take(batch.tokens, at::kLong);
  tensors.offsets = reader.take(batch.offsets, at::kLong);
  tensors.weights = reader.take(batch.weights, at::kFloat);
  const auto messages = static_cast<std::int64_t>(batch.messages);
  const auto width = static_cast<std::int64_t>(batch.dense.size() / batch.messages);
  tensors.dense = reader.take(batch.dense, at::kFloat).view({messages, width});
  return tensors;
}

void PackedInputs::reserve(std::int64_t bytes) {
  if (memory_.defined() && memory_.numel() >= bytes) return;
  std::int64_t size = kLeastBytes;
  while (size < bytes) size *= 2;
  let_go();
  const c10::InferenceMode off(false);  // it serves explanations, too
  memory_ = at::empty({size}, at::TensorOptions(at::kByte).pinned_memory(kind_ == HostMemory::Pinned));
}

/// LibTorch asks the GPU when pinned memory that was copied to it may be used again, and a GPU that is lost answers with an
/// exception: out of a destructor, which ends the process.
void PackedInputs::let_go() {
  if (memory_.defined() && device_.is_cuda() && !device_answers(device_)) (void)memory_.unsafeReleaseTensorImpl();
  memory_.reset();
}

}  // namespace winnow
