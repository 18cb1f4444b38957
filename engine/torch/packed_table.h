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

#include "engine/compressor.h"

namespace torch::jit {
struct Module;
}

namespace winnow {

struct PackedTable {
  std::int64_t rows = 0;
  std::int64_t kept = 0;
  at::Tensor kept_bits;  // uint8 [1, (rows + 7) / 8]; [1, 0] when every row is kept
  at::Tensor values;     // of 16 and 32 bits: half or float [kept, columns]; else [0, columns]
  at::Tensor codes;      // of 2..8 bits: uint8 [columns, bits, (kept + 7) / 8]; else [columns, 0, 0]
  at::Tensor codebook;   // float [columns, 2^bits]; else [columns, 0]
};

/// `importance` [rows] orders the rows for pruning; rows of zeros are never kept.
PackedTable pack_table(const at::Tensor& table, const at::Tensor& importance, const TableEncoding& encoding);

/// Gives `module` the packed table as buffers, and a method prepare() that unpacks it into its attribute `table`.
void add_packed_table(torch::jit::Module& module, const PackedTable& packed);

}  // namespace winnow
