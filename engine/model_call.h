// model_call.h - the border of the model: whatever a call of it does becomes Outcomes.
//
// Threads: as the Model.
// Blocks:  for the time of the computation.
// Fails:   a model that fails, throws or answers in another size gives outcomes of ModelFailed; nothing throws but
//          std::bad_alloc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/batcher.h"

namespace winnow {

Outcome failed_outcome(ScoreError error, std::string detail = {});

/// One outcome a message.
std::vector<Outcome> score_messages(Model& model, const std::vector<const Features*>& messages, std::size_t labels);

/// The gradients of one label at these points.
Outcome differentiate_points(Model& model, const TokenBatch& points, std::size_t label);

}  // namespace winnow
