// parts.h - a model in parts: stages in a row, the parts of a stage side by side, so that it may be larger than one
// GPU.
//
// Owns:    plain values.
// Fails:   never.
//
// A part is a submodule of the archive's module, named here. Its forward() takes, by the names of its arguments, any of
// tokens, weights, offsets and dense, and `previous`: what the stage before it made.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace winnow {

/// What becomes of the results of a stage: one alone stays as it is; several are added, or put side by side (columns).
enum class Reduce { None, Sum, Concat };

struct Stage {
  std::vector<std::string> parts;
  Reduce reduce = Reduce::None;
};

inline constexpr std::size_t kMaxParts = 64;  // of a model

/// The default architecture with its table in `shards` ranges of rows, whose sums are added before the layers above it.
inline std::vector<Stage> stages_of_shards(std::size_t shards) {
  Stage table;
  for (std::size_t i = 0; i < shards; ++i) table.parts.push_back("table_" + std::to_string(i));
  table.reduce = shards > 1 ? Reduce::Sum : Reduce::None;
  return {table, Stage{{"head"}, Reduce::None}};
}

}  // namespace winnow
