// train.h - labelled mail -> a calibrated model file with its manifest and card.
//
// Owns:    plain values.
// Threads: one caller; mail is taken apart on one thread per core, the training itself uses the caller's.
// Blocks:  for minutes; progress is told, and a stop request ends it at the next step with a checkpoint to resume from.
// Fails:   problems into Diagnostics; the output files are written whole (temporary file and rename) or not at all.
//
// What is learnt from and what is held out: mail of an index with split "train" and "dev"; of other mail a
// share chosen by the content's hash. Mail of split "test" is never read. A large group of mail (corpus x
// label) counts more than a small one, but less than its size says (TrainingSet::balanced_weights), and ham and
// spam count the same (in learning but for balance_kinds): the model's probabilities hold for a mailbox that is half
// spam (prior_spam 0.5 in its manifest), and a site shifts them to its own.
//
// Calibration: on the held-out mail, which is of the same origin as what was learnt: right for a model that
// serves where its mail is from. A model for mail from anywhere names groups in `left_out`: for each of them a
// model is trained without it and judges it, and the calibration is fitted on all those judgements, then lowered until no
// left-out corpus has too much of its ham at a high probability (kHamLimits). `left_out` also reports how good they are,
// each group calibrated by the other ones.
//
// With a base: the training starts from its weights and keeps its size and labels; what comes out is held against it
// on the held-out mail, and written only when it is no worse (base.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/features/features.h"
#include "engine/trainer.h"
#include "models/base.h"
#include "models/evaluate.h"
#include "models/labelled_mail.h"

namespace winnow {

struct TrainOptions {
  std::vector<MailSource> sources;
  IndexFilter filter;            // splits empty = train and dev
  std::filesystem::path output;  // the .pt; the card is written beside it as .md
  std::string name = "local";
  std::string created;  // ISO 8601 date for the manifest; "" = today
  FeatureSet features = FeatureSet::General;
  std::filesystem::path base;     // a model to start from, which gives architecture and labels; "" = none
  bool force = false;             // write a model that is worse than its base or contradicts it, and take less mail
  ArchitectureSpec architecture;  // dense_width is set to what the features have
  OptimizerSpec optimizer;
  std::size_t epochs = 4;        // at most; the best one on held-out mail is kept
  std::size_t batch_size = 16;   // messages; small, so that a site's few thousand make steps enough (docs/accuracy.md)
  std::size_t min_messages = 2;  // that a token must be in to be learnt
  bool balance_kinds = false;    // a language or HTML is learnt less as spam (TrainingSet::learning_weights)
  double tails = 0.3;            // share of the spam that is learnt a second time with an innocent tail
  std::size_t members = 3;       // models trained one after the other and averaged into one; at least 1
  std::size_t linear_members = 0;                  // linear models beside them, which together count as much
  std::vector<std::vector<std::string>> left_out;  // groups of corpora; see above; none with a base
  std::filesystem::path left_out_models;           // folder for the models that judge them; "" = they are not kept
  double held_out = 0.1;             // share kept for calibration and for the card, unless the index has a dev split
  std::filesystem::path checkpoint;  // "" = none; resumed from when it exists
  std::uint64_t max_scan_bytes = 1u << 20;  // of one message, as the daemon reads it
  std::uint64_t max_memory_bytes =
      3u << 29;  // of features; past it an even share of the mail is left out, with a warning
};

/// Fewest messages of ham and of spam to train on a base, and how many of both it should be.
inline constexpr std::size_t kFewestForBase = 50, kEnoughForBase = 500;
/// Times the learning rates when there is a base. Its table must go to new words in the few steps that some hundred messages
/// make; its other weights must be changed, not forgotten.
inline constexpr double kBaseTablePace = 6, kBaseDensePace = 0.1;

struct TrainProgress {
  std::string phase;                // "gathering tails", "reading", "training", "going back", "calibrating"
  std::size_t done = 0, total = 0;  // messages read, then steps; total 0 = unknown
  double loss = 0;
};

struct TrainReport {
  std::size_t ham = 0, spam = 0;  // learnt from
  std::map<std::string, Evaluation> held_out;
  std::map<std::string, Evaluation> left_out;  // mail of origins that the model judging it never saw
  std::optional<BaseComparison> comparison;    // with the base
  std::string sha256;
};

/// `on_progress` returning false asks to stop.
bool train_model(const TrainOptions& options, const std::function<bool(const TrainProgress&)>& on_progress,
                 TrainReport& report, Diagnostics& problems);

}  // namespace winnow
