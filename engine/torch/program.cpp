#include "engine/torch/program.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

#include <utility>

#include "engine/torch/frozen_constants.h"
#include "engine/torch/guard.h"

namespace winnow {
namespace {

class WholeProgram : public Program {
 public:
  WholeProgram(torch::jit::Module module, std::string form) : module_(std::move(module)), form_(std::move(form)) {}

  c10::IValue forward(const BatchTensors& inputs) override {
    return module_.forward({inputs.tokens, inputs.weights, inputs.offsets, inputs.dense});
  }
  std::vector<at::Tensor> constants() const override {
    std::vector<at::Tensor> found;
    add_frozen_constants(module_, found);
    return found;
  }
  std::string form() const override { return form_; }

 private:
  torch::jit::Module module_;
  const std::string form_;
};

void to_half(torch::jit::Module& module) {
  const auto convert = [](at::Tensor tensor) {
    if (tensor.is_floating_point()) tensor.set_data(tensor.to(at::kHalf));
  };
  for (const at::Tensor& parameter : module.parameters()) convert(parameter);
  for (const at::Tensor& buffer : module.buffers()) convert(buffer);
}

}  // namespace

std::unique_ptr<Program> make_whole_program(const torch::jit::Module& module, std::string form) {
  return std::make_unique<WholeProgram>(module, std::move(form));
}

std::unique_ptr<Program> make_optimized_program(const torch::jit::Module& module) {
  std::unique_ptr<Program> program;
  const Status status = guarded("optimizing the model", [&] {
    torch::jit::Module frozen = torch::jit::freeze(module);
    const std::string before = frozen.get_method("forward").graph()->toString(false);
    const torch::jit::Module optimized = torch::jit::optimize_for_inference(frozen);
    if (optimized.get_method("forward").graph()->toString(false) != before)
      program = make_whole_program(optimized, "frozen, optimized for inference");
    return Status::ok();
  });
  return status ? std::move(program) : nullptr;
}

torch::jit::Module freeze_on(torch::jit::Module module, const at::Device& device, Precision precision) {
  module.to(device);
  if (precision == Precision::Half) to_half(module);
  return torch::jit::freeze(module);
}

}  // namespace winnow
