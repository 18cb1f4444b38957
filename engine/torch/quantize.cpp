#include "engine/torch/quantize.h"

namespace winnow {

QuantizedTable quantize_rows(const at::Tensor& table) {
  QuantizedTable result;
  result.scales = (table.abs().amax(1) / 127).to(at::kHalf);
  // By the scale as it is stored: its rounding to half must not shift the row.
  const at::Tensor scale = result.scales.to(at::kFloat).unsqueeze(1);
  const at::Tensor steps = at::where(scale > 0, table / scale, at::zeros_like(table));
  result.values = steps.round().clamp(-127, 127).to(at::kChar);
  return result;
}

}  // namespace winnow
