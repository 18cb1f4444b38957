// packed_table.h - the token table in few bytes: which rows there are, and each weight as an index into a codebook.
//
// Owns:    its tensors.
// Fails:   throws what LibTorch throws (callers run inside guarded()).
//
// Bits lie in planes: plane k holds bit k of eight values per byte, so that any number of bits is packed tightly and is
// unpacked by whole-tensor operations on any device.
#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <cstdint>

#include "engine/torch/kept_table.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

inline constexpr std::size_t kFloatBits = 32;  // of a weight that is stored as it is

struct PackedTable {
  std::int64_t rows = 0, kept = 0, columns = 0;
  at::Tensor kept_bits;  // uint8 [1, (rows + 7) / 8]
  at::Tensor values;     // of 16 and 32 bits: half or float [kept, columns]; else [0, columns]
  at::Tensor codes;      // of 2..8 bits: uint8 [columns, bits, (kept + 7) / 8]; else [columns, 0, 0]
  at::Tensor codebook;   // float [columns, 2^bits]; else [columns, 0]
};

/// `bits` of each weight: 2 to 8, 16 or 32, which shares the tensor: of a view, a file would get all that lies behind it.
PackedTable pack_table(const KeptTable& table, std::size_t bits);

/// The table without its rows of zeros and without `share` of the others: those of least `importance` [kept].
KeptTable pruned(const KeptTable& table, const at::Tensor& importance, double share);

/// Gives `module` the packed table as buffers, and a method prepare() that unpacks it into its attributes `table` and `places`,
/// which are as read_kept_table() takes them.
void add_packed_table(torch::jit::Module& module, const PackedTable& packed);

}  // namespace winnow
