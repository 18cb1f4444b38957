// architecture.h - the default architecture as TorchScript modules: one text of forward() for training and shipping.
//
// Owns:    the modules returned.
// Fails:   throws what LibTorch throws (callers run inside guarded()).
#pragma once

#include <cstdint>

#include "engine/trainer.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// With a table of floats that starts at zero (a row no token touched stays exactly zero) and a randomly started MLP.
torch::jit::Module make_trained_module(const ArchitectureSpec& spec, std::uint64_t seed);

/// A model and what its logits count in a mean.
struct WeighedModule {
  const ArchitectureSpec& spec;
  const torch::jit::Module& module;
  double part;
};

/// One module of the same architecture, as wide as both together, whose logits are the weighted sum of theirs. Both have
/// the same table size, dense features and labels.
torch::jit::Module mean_module(const WeighedModule& a, const WeighedModule& b);

/// The same weights as they are shipped: the table as int8 with a half scale per row, unpacked by prepare().
torch::jit::Module make_shipped_module(const ArchitectureSpec& spec, const torch::jit::Module& trained);

}  // namespace winnow
