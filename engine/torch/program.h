// program.h - what computes the logits of a batch: a module whole, or its parts one after the other.
//
// Owns:    its modules.
// Threads: one call at a time.
// Fails:   throws what LibTorch throws (callers run inside guarded()).
#pragma once

#include <ATen/core/ivalue.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/parts.h"
#include "engine/status.h"
#include "engine/torch/batch_tensors.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// Of weights and arithmetic.
enum class Precision { Float, Half };

class Program {
 public:
  virtual ~Program() = default;
  virtual c10::IValue forward(const BatchTensors& inputs) = 0;
  /// The floating-point constants of frozen code: autograd must take them for something that is learnt to find all
  /// derivatives.
  virtual std::vector<at::Tensor> constants() const = 0;
  virtual std::string form() const = 0;  // for people
};

std::unique_ptr<Program> make_whole_program(const torch::jit::Module& module, std::string form);

/// LibTorch's optimizer for a module on the CPU; null where it changes nothing or fails.
std::unique_ptr<Program> make_optimized_program(const torch::jit::Module& module);

/// The parts of `module`, placed on the devices in turn and frozen there. LibTorch's calls to GPUs return before the work
/// is done, so that one thread keeps the parts of a stage busy side by side.
Status make_parted_program(const torch::jit::Module& module, const std::vector<Stage>& stages,
                           const std::vector<at::Device>& devices, Precision precision,
                           std::unique_ptr<Program>& program);

/// On the device, in that precision, and frozen. Changes `module`; it must be ready to run.
torch::jit::Module freeze_on(torch::jit::Module module, const at::Device& device, Precision precision);

}  // namespace winnow
