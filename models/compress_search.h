// compress_search.h - the smallest form of a model whose loss stays within bounds.
//
// Owns:    plain values.
// Blocks:  as long as its measurements, some thirty of them.
// Fails:   ends early, with nullopt, when a measurement does.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/compressor.h"

namespace winnow {

/// What a smaller model may lose against the one it was made from.
struct LossBounds {
  double max_change = 0.02;    // of any probability of any message, 0..1
  double max_auc_loss = 0.05;  // of 1 - AUC, relative: 0.05 lets 0.100 % become 0.105 %
};

struct Loss {
  double max_change = 0, p99_change = 0;
  double auc_loss = 0;  // relative; below 0 when it became better, infinite when it was perfect before
};

struct Candidate {
  TableEncoding encoding;
  TableShape shape;
  std::size_t bytes = 0;  // of the file
  Loss loss;
};

/// Fields without a value are searched for.
struct WantedEncoding {
  std::optional<std::size_t> bits;
  std::optional<double> prune;
};

bool is_within(const Loss& loss, const LossBounds& bounds);

/// "5-bit codebook, 12.5 % of the rows left out"
std::string encoding_name(const TableEncoding& encoding);

using Measure = std::function<std::optional<Candidate>(const TableEncoding&)>;

/// Takes the fewest bits that the loss allows, then leaves out rows at the few best numbers of bits; what is fixed
/// in `wanted` is not varied. Where nothing is within the bounds, the weakest form that was measured.
std::optional<Candidate> find_smallest(const WantedEncoding& wanted, const LossBounds& bounds, const Measure& measure);

}  // namespace winnow
