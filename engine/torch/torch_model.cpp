#include "engine/torch/torch_model.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

#include <utility>
#include <vector>

#include "engine/torch/archive_scan.h"
#include "engine/torch/batch_tensors.h"
#include "engine/torch/guard.h"
#include "engine/torch/memory_reader.h"
#include "engine/torch/operator_check.h"

namespace winnow {
namespace {

Status check_answer(const torch::jit::IValue& result, std::size_t messages) {
  if (!result.isTensor()) return Status::failed("forward() does not return a tensor");
  const torch::Tensor& tensor = result.toTensor();
  if (tensor.dim() == 2 && tensor.size(0) == static_cast<std::int64_t>(messages)) return Status::ok();
  return Status::failed("forward() returns " + shape_text(tensor) + ", not [" + std::to_string(messages) +
                        ", labels]");
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

/// The floating-point constants of a frozen method.
void add_constants(const torch::jit::Block* block, std::vector<torch::Tensor>& constants) {
  for (const torch::jit::Node* node : block->nodes()) {
    const bool is_tensor = node->kind() == torch::jit::prim::Constant && node->hasAttribute(torch::jit::attr::value) &&
                           node->kindOf(torch::jit::attr::value) == torch::jit::AttributeKind::t;
    if (is_tensor && node->t(torch::jit::attr::value).is_floating_point())
      constants.push_back(node->t(torch::jit::attr::value));
    for (const torch::jit::Block* inner : node->blocks()) add_constants(inner, constants);
  }
}

/// While it lives, autograd takes the tables for something that is learnt: embedding_bag has a derivative for its
/// per-sample weights only then. Always on, it would keep run() from embedding_bag's faster half.
class Learnable {
 public:
  explicit Learnable(std::vector<torch::Tensor>& constants) : constants_(constants) { set(true); }
  ~Learnable() { set(false); }
  Learnable(const Learnable&) = delete;
  Learnable& operator=(const Learnable&) = delete;

 private:
  void set(bool learnable) {
    for (torch::Tensor& constant : constants_) constant.set_requires_grad(learnable);
  }
  std::vector<torch::Tensor>& constants_;
};

class TorchModel : public Model {
 public:
  TorchModel(torch::jit::Module module, torch::Device device) : module_(std::move(module)), device_(device) {
    add_constants(module_.get_method("forward").graph()->block(), constants_);
  }

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    return guarded("the model failed", [&] {
      if (Status status = check_batch(batch); !status) return status;
      const c10::InferenceMode inference;
      const torch::jit::IValue answer = forward(on_device(batch));
      if (Status status = check_answer(answer, batch.messages); !status) return status;
      copy_values(answer.toTensor(), logits);
      return Status::ok();
    });
  }

  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    return guarded("the model has no derivative here", [&] {
      if (Status status = check_batch(batch); !status) return status;
      const c10::AutoGradMode recording(true);
      // As the module is written: an optimizer that compiles for gradients would do so on the mail path.
      const torch::jit::GraphOptimizerEnabledGuard as_written(false);
      const Learnable tables(constants_);
      const BatchTensors inputs = on_device(batch);
      inputs.weights.requires_grad_(true);
      inputs.dense.requires_grad_(true);
      const torch::jit::IValue answer = forward(inputs);
      if (Status status = check_answer(answer, batch.messages); !status) return status;
      const torch::Tensor& logits = answer.toTensor();
      if (static_cast<std::int64_t>(label) >= logits.size(1)) return Status::failed("the model has no such label");
      return copy_gradients(logits.select(1, static_cast<std::int64_t>(label)), inputs, gradients);
    });
  }

  std::string device() const override { return device_.str(); }

 private:
  BatchTensors on_device(const TokenBatch& batch) const {
    BatchTensors tensors = borrow_tensors(batch);
    for (torch::Tensor* tensor : {&tensors.tokens, &tensors.weights, &tensors.offsets, &tensors.dense})
      *tensor = tensor->to(device_);
    return tensors;
  }

  torch::jit::IValue forward(const BatchTensors& inputs) {
    return module_.forward({inputs.tokens, inputs.weights, inputs.offsets, inputs.dense});
  }

  /// Messages do not see each other, so the derivative of the sum of their logits holds those of each.
  static Status copy_gradients(const torch::Tensor& logits, const BatchTensors& inputs, Gradients& gradients) {
    std::vector<torch::Tensor> found(2);
    if (logits.requires_grad())
      found = torch::autograd::grad({logits.sum()}, {inputs.weights, inputs.dense}, {}, false, false, true);
    copy_values(logits.detach(), gradients.logits);
    copy_values(or_zeros(found[0], inputs.weights), gradients.weights);
    copy_values(or_zeros(found[1], inputs.dense), gradients.dense);
    return Status::ok();
  }

  torch::jit::Module module_;
  std::vector<torch::Tensor> constants_;
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
