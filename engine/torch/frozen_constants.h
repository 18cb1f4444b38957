// frozen_constants.h - the weights of a frozen module, which stand in its code.
//
// Owns:    the tensors are shared with the code.
// Fails:   throws what LibTorch throws.
#pragma once

#include <ATen/ATen.h>

#include <vector>

namespace torch::jit {
struct Module;
}

namespace winnow {

/// Appends the floating-point tensors that forward() holds as constants.
void add_frozen_constants(const torch::jit::Module& module, std::vector<at::Tensor>& constants);

/// While it lives, autograd takes them for something that is learnt: embedding_bag has a derivative for its per-sample
/// weights only then. Always on, it would keep run() from embedding_bag's faster half.
class Learnable {
 public:
  explicit Learnable(std::vector<at::Tensor>& constants);
  ~Learnable();
  Learnable(const Learnable&) = delete;
  Learnable& operator=(const Learnable&) = delete;

 private:
  std::vector<at::Tensor>& constants_;
};

}  // namespace winnow
