// base.h - a finished model that local training starts from, and whether what came out is better.
//
// Owns:    plain values.
// Threads: one thread.
// Blocks:  reads one file.
// Fails:   read_base puts one Diagnostic that names the file and returns nullopt.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/features/features.h"
#include "engine/manifest.h"
#include "models/calibration.h"

namespace winnow {

class TorchBackend;

struct Base {
  std::string bytes;  // of the file
  std::string sha256;
  Manifest manifest;
};

std::optional<Base> read_base(const std::filesystem::path& file, TorchBackend& backend, Diagnostics& problems);

/// Rows of the table of a model that reads `set` and starts from the base. Site features need the upper half of a table, so
/// a general base gets twice as many rows; the new ones are zero and change none of its answers.
std::size_t table_size_from(const Base& base, FeatureSet set);

/// Both on the same held-out mail. The base has its own calibration. The new model takes that over or gets one of its own, whichever
/// does better: one that is fitted on few messages is less sure than it could be. One that would be surer of spam than the
/// base's at 50 or at 90 % is not taken: what is easy to tell apart here says nothing of mail of other kinds, which will come.
struct BaseComparison {
  double base_loss = 0, own_loss = 0;  // mean -ln(probability of the true label)
  double base_one_minus_auc = 0, own_one_minus_auc = 0;
  bool keeps_calibration = false;

  bool is_worse() const { return own_loss > base_loss; }
  /// What the base orders the wrong way round was most likely given with ham and spam exchanged.
  bool contradicts_labels() const { return base_one_minus_auc > 0.5; }
  std::string text() const;
};

/// The first label. A calibration of its own is fitted on one half of the mail and measured on the other, both ways: on the
/// mail that it was fitted on it would look better than it is. nullopt when a half lacks a class.
std::optional<BaseComparison> compare_with_base(const std::vector<CalibrationSample>& base,
                                                const Calibration& calibration,
                                                const std::vector<CalibrationSample>& own);

/// How far a model may go from its base: the smallest of these parts of the way that gains kEnoughGain of what the best of them
/// gains. Further away it only forgets what it knew of other mail (docs/accuracy.md). Source: Wortsman et al. 2022, "Robust
/// fine-tuning of zero-shot models". `losses`: at 0, the base, and then at equal steps up to 1. All of the way where no step beats the
/// base. The mail that chooses the part also says whether the model beats its base: what it gains is an upper bound.
inline constexpr double kEnoughGain = 0.9;
double way_from_base(const std::vector<double>& losses);

}  // namespace winnow
