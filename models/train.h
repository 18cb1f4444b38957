// train.h - labelled mail -> a calibrated model file with its manifest and card.
//
// Owns:    plain values.
// Threads: one caller; uses one thread.
// Blocks:  for minutes; progress is told, and a stop request ends it at the next step with a checkpoint to resume from.
// Fails:   problems into Diagnostics; the output file is written whole (temporary file and rename) or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/trainer.h"
#include "models/evaluate.h"
#include "models/labelled_mail.h"

namespace winnow {

struct TrainOptions {
  std::vector<MailSource> sources;
  IndexFilter filter;
  std::filesystem::path output;       // the .pt; the card is written beside it as .md
  std::string name = "local";
  ArchitectureSpec architecture;
  OptimizerSpec optimizer;
  std::size_t epochs = 4;
  std::size_t batch_size = 64;
  double held_out = 0.1;              // share kept for calibration and for the card, unless the index has a dev split
  std::filesystem::path checkpoint;   // "" = none; resumed from when it exists
};

struct TrainProgress {
  std::string phase;  // "reading", "training", "calibrating"
  std::size_t done = 0, total = 0;
  double loss = 0;
};

struct TrainReport {
  std::size_t ham = 0, spam = 0;
  std::map<std::string, Evaluation> held_out;
  std::string sha256;
};

/// `on_progress` returning false asks to stop.
bool train_model(const TrainOptions& options, const std::function<bool(const TrainProgress&)>& on_progress,
                 TrainReport& report, Diagnostics& problems);

}  // namespace winnow
