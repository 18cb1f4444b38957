// architecture.h - the default architecture as TorchScript modules.
//
// In training, tokens are places in a table of only the rows that are learnt; a shipped module takes rows of the whole table
// and finds those places itself. What forward() does after that is one text.
//
// Owns:    the modules returned.
// Fails:   throws what LibTorch throws (callers run inside guarded()); read_parts says what another module lacks.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "engine/status.h"
#include "engine/torch/kept_table.h"
#include "engine/torch/packed_table.h"
#include "engine/trainer.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

/// The weights of a module of this architecture.
struct ModuleParts {
  std::int64_t labels = 0;
  KeptTable table;              // columns: labels + embedding
  std::vector<at::Tensor> mlp;  // hidden weight and bias, output weight and bias
};

/// With a table of spec.table_size rows of floats that starts at zero (a row no token touched stays exactly zero) and a randomly started MLP.
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

/// Whether its table is in shards, as make_sharded_module() makes them.
bool is_sharded(const torch::jit::Module& module);

/// Of a shipped module whose table is unpacked; the tensors are shared with it. Refuses what cannot be this architecture.
Status read_parts(const torch::jit::Module& module, ModuleParts& parts);

/// As it is shipped: no gradients, the table packed, to be unpacked by prepare(). Takes all else from `parts`.
torch::jit::Module make_shipped_module(const ModuleParts& parts, const PackedTable& table);

/// The same in the parts of stages_of_shards(): each shard holds the rows after those of the one before it.
torch::jit::Module make_sharded_module(const ModuleParts& parts, const std::vector<PackedTable>& shards);

}  // namespace winnow
