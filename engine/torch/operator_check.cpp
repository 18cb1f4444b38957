#include "engine/torch/operator_check.h"

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>

#include "engine/torch/operator_list.h"

namespace winnow {
namespace {

// Real models nest a handful of blocks; the limit keeps the walk itself off the end of the stack.
constexpr int kMaxDepth = 200;

Status check_block(const torch::jit::Block* block, const std::string& method, int depth);

Status check_node(const torch::jit::Node* node, const std::string& method, int depth) {
  const std::string kind = node->kind().toQualString();
  if (!operator_allowed(kind))
    return Status::failed("operator " + kind + " in " + method + " is not allowed in a model");
  for (const torch::jit::Block* inner : node->blocks()) {
    if (Status status = check_block(inner, method, depth + 1); !status) return status;
  }
  if (!node->hasAttribute(torch::jit::attr::Subgraph)) return Status::ok();
  return check_block(node->g(torch::jit::attr::Subgraph)->block(), method, depth + 1);
}

Status check_block(const torch::jit::Block* block, const std::string& method, int depth) {
  if (depth > kMaxDepth) return Status::failed(method + " is nested too deeply");
  for (const torch::jit::Node* node : block->nodes()) {
    if (Status status = check_node(node, method, depth); !status) return status;
  }
  return Status::ok();
}

Status check_function(torch::jit::Function& function) {
  const std::string name = "method " + function.name();
  // Functions without a graph are C++ bindings, which no archive needs to define.
  if (!function.isGraphFunction()) return Status::failed(name + " is not TorchScript");
  return check_block(torch::jit::toGraphFunction(function).graph()->block(), name, 0);
}

Status check_class(const c10::ClassTypePtr& type) {
  for (torch::jit::Function* function : type->methods()) {
    if (Status status = check_function(*function); !status) return status;
  }
  // Hooks run around forward() without being called by it.
  for (const auto& hooks : {type->getForwardHooks(), type->getForwardPreHooks()}) {
    for (torch::jit::Function* function : hooks) {
      if (Status status = check_function(*function); !status) return status;
    }
  }
  return Status::ok();
}

}  // namespace

Status check_operators(const torch::jit::Module& module) {
  for (const torch::jit::Module& part : module.modules()) {
    if (Status status = check_class(part.type()); !status) return status;
  }
  // The compilation unit of a loaded archive holds all its code: also free functions and classes that are no modules.
  const auto unit = module._ivalue()->compilation_unit();
  for (torch::jit::Function* function : unit->get_functions()) {
    if (Status status = check_function(*function); !status) return status;
  }
  return Status::ok();
}

}  // namespace winnow
