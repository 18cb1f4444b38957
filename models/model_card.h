// model_card.h - what a person should know of a model: from what it was made, how well it does, what it is not good
// for.
//
// Owns:    plain values.
// Fails:   never.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "engine/manifest.h"
#include "models/base.h"
#include "models/evaluate.h"
#include "models/train.h"

namespace winnow {

struct GroupCount {
  std::size_t ham = 0, spam = 0;
};

struct ModelCard {
  Manifest manifest;
  std::string sha256;
  std::size_t bytes = 0;
  TrainOptions options;
  std::map<std::string, GroupCount> learnt;  // by corpus
  std::map<std::string, Evaluation> held_out, left_out;
  std::optional<BaseComparison> comparison;  // with the base, if there is one
  double way_from_base = 1;
};

/// Markdown.
std::string write_model_card(const ModelCard& card);

}  // namespace winnow
