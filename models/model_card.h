// model_card.h - what a person should know of a model: from what it was made, how well it does, what it is not good
// for.
//
// Owns:    plain values.
// Fails:   never.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "engine/manifest.h"
#include "models/train.h"
#include "models/training_set.h"

namespace winnow {

struct ModelCard {
  Manifest manifest;
  TrainReport report;
  std::size_t bytes = 0;
  TrainOptions options;
  double way_from_base = 1;
  std::map<std::string, GroupCount> learnt = {};  // by corpus
  std::map<std::string, KindBalance> kinds = {};  // empty where they were not balanced
};

/// Fills `learnt` and `kinds`.
void count_learnt(const TrainingSet& set, ModelCard& card);

/// Markdown.
std::string write_model_card(const ModelCard& card);

}  // namespace winnow
