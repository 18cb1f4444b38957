#include "engine/torch/frozen_constants.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

namespace winnow {
namespace {

void add_constants(const torch::jit::Block* block, std::vector<at::Tensor>& constants) {
  for (const torch::jit::Node* node : block->nodes()) {
    const bool is_tensor = node->kind() == torch::jit::prim::Constant && node->hasAttribute(torch::jit::attr::value) &&
                           node->kindOf(torch::jit::attr::value) == torch::jit::AttributeKind::t;
    if (is_tensor && node->t(torch::jit::attr::value).is_floating_point())
      constants.push_back(node->t(torch::jit::attr::value));
    for (const torch::jit::Block* inner : node->blocks()) add_constants(inner, constants);
  }
}

void set_learnable(std::vector<at::Tensor>& constants, bool learnable) {
  for (at::Tensor& constant : constants) constant.set_requires_grad(learnable);
}

}  // namespace

void add_frozen_constants(const torch::jit::Module& module, std::vector<at::Tensor>& constants) {
  add_constants(module.get_method("forward").graph()->block(), constants);
}

Learnable::Learnable(std::vector<at::Tensor>& constants) : constants_(constants) { set_learnable(constants_, true); }

Learnable::~Learnable() { set_learnable(constants_, false); }

}  // namespace winnow
