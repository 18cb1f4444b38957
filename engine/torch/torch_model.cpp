#include "engine/torch/torch_model.h"

#include <torch/script.h>

#include <utility>

#include "engine/torch/archive_scan.h"
#include "engine/torch/batch_tensors.h"
#include "engine/torch/guard.h"
#include "engine/torch/memory_reader.h"
#include "engine/torch/operator_check.h"

namespace winnow {
namespace {

/// `logits` gets the tensor's values, messages x labels.
Status copy_logits(const torch::jit::IValue& result, std::size_t messages, std::vector<float>& logits) {
  if (!result.isTensor()) return Status::failed("forward() does not return a tensor");
  const torch::Tensor tensor = result.toTensor();
  if (tensor.dim() != 2 || tensor.size(0) != static_cast<std::int64_t>(messages))
    return Status::failed("forward() returns " + shape_text(tensor) + ", not [" + std::to_string(messages) +
                          ", labels]");
  const torch::Tensor values = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  const float* first = values.data_ptr<float>();
  logits.assign(first, first + values.numel());
  return Status::ok();
}

class TorchModel : public Model {
 public:
  TorchModel(torch::jit::Module module, torch::Device device) : module_(std::move(module)), device_(device) {}

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    return guarded("the model failed", [&] {
      if (Status status = check_batch(batch); !status) return status;
      const c10::InferenceMode inference;
      BatchTensors tensors = borrow_tensors(batch);
      std::vector<torch::jit::IValue> inputs;
      for (torch::Tensor* tensor : {&tensors.tokens, &tensors.weights, &tensors.offsets, &tensors.dense})
        inputs.emplace_back(tensor->to(device_));
      return copy_logits(module_.forward(std::move(inputs)), batch.messages, logits);
    });
  }

  std::string device() const override { return device_.str(); }

 private:
  torch::jit::Module module_;
  const torch::Device device_;
};

Status check_forward(const torch::jit::Module& module) {
  const auto forward = module.find_method("forward");
  if (!forward) return Status::failed("the model has no forward()");
  const std::size_t arguments = forward->num_inputs();  // self included
  if (arguments != 5)
    return Status::failed("forward() takes " + std::to_string(arguments - 1) +
                          " inputs, not the four (tokens, weights, offsets, dense)");
  return Status::ok();
}

/// Loaded outside InferenceMode: inference tensors could not be changed by prepare() or folded by freeze.
torch::jit::Module prepare_module(torch::jit::Module module, const torch::Device& device) {
  const torch::NoGradGuard no_grad;
  module.eval();
  module.to(device);
  if (module.find_method("prepare")) module.run_method("prepare");
  return torch::jit::freeze(module);
}

}  // namespace

Status load_checked_module(std::string_view archive, torch::jit::Module& module) {
  ModelInspection inspection;
  if (Status status = scan_archive(archive, inspection); !status) return status;
  return guarded("loading the model", [&] {
    // Onto the CPU first: the file may come from a machine with a GPU that this one does not have.
    module = torch::jit::load(std::make_shared<MemoryReader>(archive), torch::Device(torch::kCPU));
    if (Status status = check_operators(module); !status) return status;
    return check_forward(module);
  });
}

Status load_torch_model(std::string_view archive, const std::string& device, std::unique_ptr<Model>& model) {
  torch::jit::Module module;
  if (Status status = load_checked_module(archive, module); !status) return status;
  return guarded("loading the model", [&] {
    const torch::Device place(device);
    model = std::make_unique<TorchModel>(prepare_module(std::move(module), place), place);
    return Status::ok();
  });
}

}  // namespace winnow
