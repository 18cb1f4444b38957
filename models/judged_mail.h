// judged_mail.h - labelled mail in memory, to be judged by one model after the other.
//
// Owns:    its mail, features only.
// Threads: one thread.
// Blocks:  read() reads the mail; the others run models.
// Fails:   a failed Status, or Diagnostics of read().
// Units:   probabilities are message by message, within a message label by label.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "config/diagnostics.h"
#include "engine/manifest.h"
#include "engine/model.h"
#include "models/compress_search.h"
#include "models/evaluate.h"
#include "models/extract_mail.h"
#include "models/training_set.h"

namespace winnow {

struct Speed {
  double us_alone = 0, us_batched = 0;
};

class JudgedMail {
 public:
  explicit JudgedMail(std::uint64_t max_bytes) : mail_(max_bytes) {}

  /// False when a problem was reported or `on_progress` said to stop.
  bool read(const ExtractOptions& options, const FeatureExtractor& extractor,
            const std::function<bool(std::size_t done, std::size_t total)>& on_progress, Diagnostics& problems);

  std::size_t count_spam() const;
  std::size_t count_ham() const { return mail_.size() - count_spam(); }

  /// Calibrated as the manifest says, at its own prior.
  Status judge(Model& model, const Manifest& manifest, std::vector<double>& probabilities) const;

  /// Of the first label.
  Evaluation measure(const std::vector<double>& probabilities) const;

  /// Both models by turns on the same messages, the best of several rounds each: what else the machine does falls on
  /// both. CPU time of the calling thread.
  Status time(Model& first, Model& second, Speed& of_first, Speed& of_second) const;

 private:
  TokenBatch batch(std::size_t begin, std::size_t end) const;

  TrainingSet mail_;
};

/// Over all messages and labels; `before` and `after` have the same length.
Loss loss_between(const std::vector<double>& before, const std::vector<double>& after);

}  // namespace winnow
