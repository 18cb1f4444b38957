// dropout.h - leaves out tokens and dense features at random, the same ones for the same seed and step.
//
// Owns:    nothing; the result is a copy.
// Fails:   never. The batch must have been checked.
#pragma once

#include <cstdint>

#include "engine/model.h"
#include "engine/trainer.h"

namespace winnow {

/// A copy of the batch without the dropped tokens and with dropped dense values at 0. What stays is scaled by
/// 1 / (1 - share), so that sums keep their expectation.
TokenBatch drop_out(const TokenBatch& batch, const OptimizerSpec& spec, std::uint64_t step);

}  // namespace winnow
