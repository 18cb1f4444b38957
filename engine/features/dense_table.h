// dense_table.h - the dense features: a row is a name, what it means, and the function that computes it.
//
// Threads: any.
// Blocks:  never.
// Fails:   never.
// Units:   every value is within the range its row states, about 0..1; 0 means "not there" or "not known".
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/features/features.h"
#include "engine/features/message_facts.h"

namespace winnow {

struct DenseRow {
  DenseFeature about;
  float (*compute)(const MessageFacts& facts);
  /// The name that stands for "{}" in what the row says; none for most rows.
  std::string (*detail)(const MessageFacts& facts) = nullptr;
};

/// What the row's `value` says of the mail; "" for 0.
std::string sentence_of(const DenseRow& row, float value, const MessageFacts& facts);

/// All rows in model order.
const std::vector<DenseRow>& dense_rows();

/// The rows by topic; dense_rows() joins them.
std::vector<DenseRow> sender_rows();
std::vector<DenseRow> text_rows();
std::vector<DenseRow> keyword_rows();
std::vector<DenseRow> link_rows();
std::vector<DenseRow> shape_rows();

/// 1 from `full` on, growing with the logarithm below: the step from 0 to 1 counts more than from 20 to 21.
inline float log_scaled(double value, double full) {
  if (!(value > 0)) return 0;
  const double scaled = std::log1p(value) / std::log1p(full);
  return static_cast<float>(scaled < 1 ? scaled : 1);
}

/// part / whole within 0..1; 0 when there is no whole.
inline float share(double part, double whole) {
  if (!(whole > 0) || !(part > 0)) return 0;
  return static_cast<float>(part < whole ? part / whole : 1);
}

inline float flag(bool value) { return value ? 1.0F : 0.0F; }

}  // namespace winnow
