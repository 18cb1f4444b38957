// probe.h - invented batches that show whether a model answers, before any mail depends on it.
//
// Owns:    plain values.
// Blocks:  for some runs of the model of each size; sizes between the ends only while they take less than two seconds.
// Fails:   a failed Status of one sentence.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/manifest.h"
#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

/// Messages over the whole table; the first has no token at all, as an empty mail may have.
TokenBatch probe_batch(const Manifest& manifest, std::size_t messages);

/// 1, the powers of two below `max_batch_size`, and that.
std::vector<std::size_t> probe_sizes(std::size_t max_batch_size);

/// Runs batches of each size, so that no message pays for what a device does at the first batch of a size.
Status probe(Model& model, const Manifest& manifest, std::size_t max_batch_size);

}  // namespace winnow
