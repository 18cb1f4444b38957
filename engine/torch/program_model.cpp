#include "engine/torch/program_model.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/script.h>

#include <algorithm>
#include <utility>

#include "engine/torch/device_failure.h"
#include "engine/torch/frozen_constants.h"
#include "engine/torch/guard.h"

namespace winnow {
namespace {

Status check_answer(const torch::jit::IValue& result, std::size_t messages) {
  if (!result.isTensor()) return Status::failed("forward() does not return a tensor");
  const torch::Tensor& tensor = result.toTensor();
  if (tensor.dim() == 2 && tensor.size(0) == static_cast<std::int64_t>(messages)) return Status::ok();
  return Status::failed("forward() returns " + shape_text(tensor) + ", not [" + std::to_string(messages) + ", labels]");
}

void copy_values(const torch::Tensor& tensor, std::vector<float>& values) {
  const torch::Tensor floats = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  const float* first = floats.data_ptr<float>();
  values.assign(first, first + floats.numel());
}

/// What autograd knows of an input that the answer does not depend on.
torch::Tensor or_zeros(const torch::Tensor& gradient, const torch::Tensor& input) {
  return gradient.defined() ? gradient : torch::zeros_like(input);
}

/// On a stream of its own, one replica copies its mail to a GPU while another one computes there. A program on several
/// devices stays on their default streams, which LibTorch keeps in order among them.
std::optional<c10::Stream> stream_for(const Site& site) {
  if (site.devices.size() != 1 || !site.home().is_cuda()) return std::nullopt;
  return c10::impl::VirtualGuardImpl(site.home().type()).getStreamFromGlobalPool(site.home());
}

/// Messages do not see each other, so the derivative of the sum of their logits holds those of each.
Status copy_gradients(const torch::Tensor& logits, const BatchTensors& inputs, Gradients& gradients) {
  std::vector<torch::Tensor> found(2);
  if (logits.requires_grad())
    found = torch::autograd::grad({logits.sum()}, {inputs.weights, inputs.dense}, {}, false, false, true);
  copy_values(logits.detach(), gradients.logits);
  copy_values(or_zeros(found[0], inputs.weights), gradients.weights);
  copy_values(or_zeros(found[1], inputs.dense), gradients.dense);
  return Status::ok();
}

}  // namespace

bool Site::uses_gpu() const {
  return std::any_of(devices.begin(), devices.end(), [](const at::Device& device) { return !device.is_cpu(); });
}

ProgramModel::ProgramModel(std::unique_ptr<Program> program, const Site& site)
    : program_(std::move(program)),
      constants_(program_->constants()),
      site_(site),
      stream_(stream_for(site)),
      packed_(site.home(), HostMemory::Pinned) {}

Status ProgramModel::run(const TokenBatch& batch, std::vector<float>& logits) {
  return remember(guarded("the model failed", [&] { return compute(batch, logits); }));
}

Status ProgramModel::compute(const TokenBatch& batch, std::vector<float>& logits) {
  if (Status status = check_batch(batch); !status) return status;
  const c10::InferenceMode inference;
  const auto on_stream = stream_ ? std::make_unique<c10::StreamGuard>(*stream_) : nullptr;
  Program& program = faster_ ? *faster_ : *program_;
  const c10::IValue answer = program.forward(in_precision(placed(batch)));
  if (Status status = check_answer(answer, batch.messages); !status) return status;
  copy_values(answer.toTensor(), logits);
  return Status::ok();
}

Status ProgramModel::differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) {
  return remember(guarded("the model has no derivative here", [&] { return find_gradients(batch, label, gradients); }));
}

Status ProgramModel::find_gradients(const TokenBatch& batch, std::size_t label, Gradients& gradients) {
  if (Status status = check_batch(batch); !status) return status;
  const c10::AutoGradMode recording(true);
  // As the module is written: an optimizer that compiles for gradients would do so on the mail path.
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  const Learnable tables(constants_);
  BatchTensors inputs = placed(batch);
  inputs.weights = inputs.weights.detach().requires_grad_(true);
  inputs.dense = inputs.dense.detach().requires_grad_(true);
  const c10::IValue answer = program_->forward(in_precision(inputs));
  if (Status status = check_answer(answer, batch.messages); !status) return status;
  const torch::Tensor& logits = answer.toTensor();
  if (static_cast<std::int64_t>(label) >= logits.size(1)) return Status::failed("the model has no such label");
  return copy_gradients(logits.select(1, static_cast<std::int64_t>(label)), inputs, gradients);
}

std::string ProgramModel::device() const {
  std::string names;
  for (const at::Device& device : site_.devices) names += (names.empty() ? "" : "+") + device.str();
  return names;
}

std::string ProgramModel::form() const {
  return (faster_ ? *faster_ : *program_).form() + (site_.precision == Precision::Half ? ", in half precision" : "");
}

BatchTensors ProgramModel::placed(const TokenBatch& batch) {
  return site_.home().is_cpu() ? borrow_tensors(batch) : packed_.place(batch);
}

BatchTensors ProgramModel::in_precision(BatchTensors inputs) const {
  if (site_.precision == Precision::Float) return inputs;
  inputs.weights = inputs.weights.to(at::kHalf);
  inputs.dense = inputs.dense.to(at::kHalf);
  return inputs;
}

Status ProgramModel::remember(Status status) {
  if (status) return status;
  const bool all_answer = std::all_of(site_.devices.begin(), site_.devices.end(), device_answers);
  const bool device_failed = site_.uses_gpu() && (!all_answer || names_device_failure(status.error()));
  failure_cause_ = device_failed ? kDeviceFailure : std::string_view("model");
  return status;
}

}  // namespace winnow
