// kept_table.h - a token table of which only some rows are in memory; all others are zero.
//
// A table has many more rows than training has touched, so that two tokens hardly ever share one.
//
// Owns:    its row numbers; tensors are shared, but for those of with() and between(), which are copies.
// Fails:   throws what LibTorch throws (callers run inside guarded()).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "engine/status.h"

namespace winnow {

struct KeptTable {
  std::int64_t rows = 0;           // of the whole table
  std::vector<std::int64_t> kept;  // those that are here, in rising order
  at::Tensor weights;              // float [kept, columns]

  std::int64_t columns() const { return weights.size(1); }
  /// Which of the kept rows are not zero, as positions among them.
  std::vector<std::int64_t> touched() const;
  /// Only these of the kept rows: positions among them, in rising order.
  KeptTable with(const std::vector<std::int64_t>& positions) const;
  /// Rows `first` to `end` of the whole table, as a table of their own.
  KeptTable between(std::int64_t first, std::int64_t end) const;
  /// Every other token becomes one of the kept rows, spread evenly: tokens drawn from a large table meet hardly any.
  void mix_into(std::vector<std::int64_t>& tokens) const;
  /// These rows and one of zeros behind them, which stands for all others.
  at::Tensor with_zeros() const;
};

/// As a module has it: `places`, int32 [rows], says where in `weights` each row lies; those that are not kept lie in its
/// last row, of zeros. Refuses what is not so.
Status read_kept_table(const at::Tensor& places, const at::Tensor& weights, KeptTable& table);

/// The tables' rows one after the other.
KeptTable joined(const std::vector<KeptTable>& tables);

}  // namespace winnow
