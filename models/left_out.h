// left_out.h - how a model judges mail of origins that it never saw: groups of corpora left out in turn.
//
// Owns:    plain values.
// Threads: one thread.
// Blocks:  for one training per group.
// Fails:   problems go into the work's Diagnostics; the judges' files are written whole or not at all.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/manifest.h"
#include "models/calibration.h"
#include "models/evaluate.h"
#include "models/members.h"

namespace winnow {

/// A wrong 0.9 on good mail costs more than a missed spam. So the spam label's calibration lets no left-out corpus of at
/// least kFewestForLimits ham have more of it above these.
inline const std::vector<HamLimit> kHamLimits = {{0.9, 0.035}, {0.5, 0.25}};
inline constexpr std::size_t kFewestForLimits = 20;

struct LeftOutMail {
  std::size_t position = 0;  // in the TrainingSet
  std::size_t group = 0;     // that was left out
  std::vector<CalibrationSample>
      by_label;  // weight 0 where the judging model had no positive of the label to learn from
};

struct LeftOut {
  std::vector<LeftOutMail> mail;
  std::vector<std::unique_ptr<Trainer>> judges;  // one per group; kept only when the options want them written
};

/// Trains without each group of the options and judges that group's mail.
TrainingEnd judge_left_out(const TrainingWork& work, const TrainingSet& set, Members& members, LeftOut& left_out);

/// Of the file: without-one+two. A corpus in a folder of the collection has slashes in its name.
std::string judge_name(const std::vector<std::string>& corpora);

/// Writes each judge as without-<corpora>.pt into the folder that the options name, calibrated by the groups that it did
/// learn from: for measuring it on the group that it never saw. `manifest` is the model's own; a label that those groups
/// cannot calibrate is calibrated as there.
bool write_judges(const TrainingWork& work, const TrainingSet& set, const LeftOut& left_out, const Manifest& manifest);

/// One calibration per label, fitted on all judged mail but that of `without_group`; the first label's then keeps within
/// kHamLimits. A label has none when the mail lacks a class.
std::vector<std::optional<Calibration>> calibrate_left_out(const TrainingSet& set,
                                                           const std::vector<LeftOutMail>& judged,
                                                           std::optional<std::size_t> without_group);

/// The first label's figures per corpus, each group calibrated by the other ones.
std::map<std::string, Evaluation> evaluate_left_out(const TrainingSet& set, const std::vector<LeftOutMail>& judged);

}  // namespace winnow
