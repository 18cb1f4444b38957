// stand_in_model.h - two models as one: a stand-in answers what the first choice could not.
//
// Owns:    both models.
// Threads: as every Model: one at a time.
// Blocks:  as the first choice, and after its failure as the stand-in.
// Fails:   only when both do; the sentence then tells both reasons.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model.h"

namespace winnow {

class StandInModel : public Model {
 public:
  StandInModel(std::unique_ptr<Model> first_choice, std::unique_ptr<Model> stand_in);

  /// An answer that is not a finite number, and an exception, are failures too.
  Status run(const TokenBatch& batch, std::vector<float>& logits) override;
  /// The first choice's where it has derivatives, as a GPU has and a pool has not: it is the one that has the time.
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override;
  std::string_view stand_in_cause() const override { return stand_in_cause_; }
  std::string_view failure_cause() const override { return stand_in_->failure_cause(); }
  std::string device() const override { return first_choice_->device(); }

 private:
  Status run_first_choice(const TokenBatch& batch, std::vector<float>& logits, std::string_view& cause);
  Status differentiate_first_choice(const TokenBatch& batch, std::size_t label, Gradients& gradients);

  const std::unique_ptr<Model> first_choice_;
  const std::unique_ptr<Model> stand_in_;
  std::string_view stand_in_cause_;  // of the latest run()
};

}  // namespace winnow
