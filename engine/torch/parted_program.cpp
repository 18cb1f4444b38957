#include <torch/script.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/torch/frozen_constants.h"
#include "engine/torch/guard.h"
#include "engine/torch/program.h"

namespace winnow {
namespace {

enum class Input { Tokens, Weights, Offsets, Dense, Previous };

struct PlacedPart {
  std::string name;
  torch::jit::Module module;
  at::Device device;
  std::vector<Input> inputs;  // of its forward(), in order
};

struct PlacedStage {
  std::vector<PlacedPart> parts;
  Reduce reduce = Reduce::None;
};

const at::Tensor& input_of(const BatchTensors& batch, const at::Tensor& previous, Input input) {
  switch (input) {
    case Input::Tokens:
      return batch.tokens;
    case Input::Weights:
      return batch.weights;
    case Input::Offsets:
      return batch.offsets;
    case Input::Dense:
      return batch.dense;
    case Input::Previous:
      break;
  }
  return previous;
}

/// Onto a GPU without waiting; from one to the CPU the values must be there before they are read.
at::Tensor moved(const at::Tensor& tensor, const at::Device& device) {
  return tensor.to(device, tensor.scalar_type(), /*non_blocking=*/!device.is_cpu());
}

at::Tensor run_part(PlacedPart& part, const BatchTensors& batch, const at::Tensor& previous) {
  std::vector<torch::jit::IValue> arguments;
  for (const Input input : part.inputs) arguments.emplace_back(moved(input_of(batch, previous, input), part.device));
  const torch::jit::IValue result = part.module.forward(std::move(arguments));
  if (!result.isTensor()) throw std::runtime_error("part '" + part.name + "' does not return a tensor");
  return result.toTensor();
}

/// On the device of the first.
at::Tensor joined(std::vector<at::Tensor> results, Reduce reduce) {
  for (at::Tensor& result : results) result = moved(result, results.front().device());
  if (reduce == Reduce::Concat) return at::cat(results, 1);
  at::Tensor sum = results.front();
  for (std::size_t i = 1; i < results.size(); ++i) sum = sum + results[i];
  return sum;
}

class PartedProgram : public Program {
 public:
  explicit PartedProgram(std::vector<PlacedStage> stages) : stages_(std::move(stages)) {}

  c10::IValue forward(const BatchTensors& inputs) override {
    at::Tensor previous;
    for (PlacedStage& stage : stages_) {
      std::vector<at::Tensor> results;
      for (PlacedPart& part : stage.parts) results.push_back(run_part(part, inputs, previous));
      previous = joined(std::move(results), stage.reduce);
    }
    return previous;
  }

  std::vector<at::Tensor> constants() const override {
    std::vector<at::Tensor> found;
    for (const PlacedStage& stage : stages_) {
      for (const PlacedPart& part : stage.parts) add_frozen_constants(part.module, found);
    }
    return found;
  }

  std::string form() const override {
    std::size_t parts = 0;
    for (const PlacedStage& stage : stages_) parts += stage.parts.size();
    return "frozen in " + std::to_string(parts) + (parts == 1 ? " part" : " parts");
  }

 private:
  std::vector<PlacedStage> stages_;
};

Status read_input(const std::string& name, Input& input) {
  static const std::pair<const char*, Input> kInputs[] = {{"tokens", Input::Tokens},
                                                          {"weights", Input::Weights},
                                                          {"offsets", Input::Offsets},
                                                          {"dense", Input::Dense},
                                                          {"previous", Input::Previous}};
  for (const auto& [known, meaning] : kInputs) {
    if (name != known) continue;
    input = meaning;
    return Status::ok();
  }
  return Status::failed("wants '" + name + "'; a part's forward() takes tokens, weights, offsets, dense and previous");
}

Status read_inputs(const torch::jit::Module& module, bool first_stage, std::vector<Input>& inputs) {
  const auto forward = module.find_method("forward");
  if (!forward) return Status::failed("has no forward()");
  const auto& arguments = forward->function().getSchema().arguments();
  for (std::size_t i = 1; i < arguments.size(); ++i) {  // 0 is self
    Input input{};
    if (Status status = read_input(arguments[i].name(), input); !status) return status;
    if (first_stage && input == Input::Previous) return Status::failed("wants 'previous', but no stage is before it");
    inputs.push_back(input);
  }
  return Status::ok();
}

Status place_part(const torch::jit::Module& whole, const std::string& name, bool first_stage, PlacedPart& part) {
  if (!whole.hasattr(name) || !whole.attr(name).isModule()) return Status::failed("is not in the model");
  part.name = name;
  part.module = whole.attr(name).toModule();
  return read_inputs(part.module, first_stage, part.inputs);
}

}  // namespace

Status make_parted_program(const torch::jit::Module& module, const std::vector<Stage>& stages,
                           const std::vector<at::Device>& devices, Precision precision,
                           std::unique_ptr<Program>& program) {
  std::vector<PlacedStage> placed;
  std::size_t next = 0;
  for (const Stage& stage : stages) {
    PlacedStage one{{}, stage.reduce};
    for (const std::string& name : stage.parts) {
      PlacedPart part{name, {}, devices[next++ % devices.size()], {}};
      if (Status status = place_part(module, name, placed.empty(), part); !status)
        return Status::failed("part '" + name + "' " + status.error());
      part.module = freeze_on(part.module, part.device, precision);
      one.parts.push_back(std::move(part));
    }
    placed.push_back(std::move(one));
  }
  program = std::make_unique<PartedProgram>(std::move(placed));
  return Status::ok();
}

}  // namespace winnow
