// quantize.h - a table of floats as int8 with one half-precision scale per row.
//
// Fails:   throws what LibTorch throws.
#pragma once

#include <ATen/ATen.h>

namespace winnow {

struct QuantizedTable {
  at::Tensor values;  // int8 [rows, columns]
  at::Tensor scales;  // half [rows]; 0 for a row of zeros
};

/// Each row's largest magnitude becomes 127; the error of a value is at most about half a scale.
QuantizedTable quantize_rows(const at::Tensor& table);

}  // namespace winnow
