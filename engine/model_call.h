// model_call.h - the border of a model: whatever a call of it does becomes Outcomes.
//
// Owns:    the buffers of its calls, which it uses again; borrows the Model.
// Threads: as the Model: one at a time.
// Blocks:  for the time of the computation.
// Fails:   a model that fails, throws or answers in another size gives outcomes of ModelFailed; nothing throws but
//          std::bad_alloc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch_queue.h"

namespace winnow {

Outcome failed_outcome(ScoreError error, std::string detail = {});

class ModelCall {
 public:
  ModelCall(Model& model, std::size_t labels) : model_(model), labels_(labels) {}

  /// One outcome a message, with what it cost. An explanation stands alone.
  std::vector<Outcome> run(const std::vector<std::shared_ptr<Waiting>>& messages);

 private:
  std::vector<Outcome> score(const std::vector<std::shared_ptr<Waiting>>& messages);
  Outcome differentiate(const Waiting& explanation);

  Model& model_;
  const std::size_t labels_;
  TokenBatch inputs_;
  std::vector<float> logits_;
};

}  // namespace winnow
