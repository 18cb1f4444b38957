// compress.h - a smaller model file for the same mail: chosen, measured against the model it is made from, and written.
//
// Owns:    plain values.
// Threads: one caller; mail is taken apart on one thread per core.
// Blocks:  reads the mail and runs some thirty models over it; progress is told.
// Fails:   problems into Diagnostics. The output is written whole or not at all; not when the loss is beyond the bounds,
//          unless told to. Memory is bounded: features only, and past max_memory_bytes an even share of the mail.
// Units:   changes of a probability 0..1; CPU microseconds per message of the model alone, one thread.
//
// Both models run as the daemon runs them: loaded by the one loader, calibrated as their manifests say, on the CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "models/compress_search.h"
#include "models/labelled_mail.h"

namespace winnow {

struct CompressOptions {
  std::filesystem::path model;
  std::filesystem::path output;   // its card is written beside it as .md
  std::filesystem::path compare;  // when set, this model is measured against `model`, and nothing is written
  std::vector<MailSource> sources;
  IndexFilter filter;
  WantedEncoding wanted;
  LossBounds bounds;
  std::size_t parts = 1;                      // 1..16 ranges of the table's rows, each of which may run on its own GPU
  bool force = false;                         // write whatever is lost
  std::uint64_t max_scan_bytes = 1u << 20;    // of one message, as the daemon reads it
  std::uint64_t max_memory_bytes = 1u << 30;  // of features
};

struct ModelFigures {
  std::size_t bytes = 0;  // of the file
  double us_alone = 0;    // in batches of one
  double us_batched = 0;  // in batches of kBatch
  double one_minus_auc = 0, ece = 0;
};

struct CompressReport {
  std::string name;
  std::size_t ham = 0, spam = 0;
  Candidate chosen;  // of a comparison only bytes and loss
  ModelFigures before, after;
  bool within_bounds = false;
  std::string sha256;  // of what was written; "" when nothing was
};

inline constexpr std::size_t kBatch = 32;

/// What a search may lose, as a share of the bounds: mail that is not in the sample must have room, too.
inline constexpr double kSearchShare = 0.75;

/// `phase` is "reading", "compressing" or "timing"; total 0 = unknown. Returning false ends it.
using CompressProgress = std::function<bool(const std::string& phase, std::size_t done, std::size_t total)>;

/// False when something went wrong or the loss was too large; the report is filled as far as it came.
bool compress_model(const CompressOptions& options, const CompressProgress& on_progress, CompressReport& report,
                    Diagnostics& problems);

/// A Markdown table of before and after, and a line about the changes.
std::string compress_table(const CompressReport& report);
std::string compress_json(const CompressReport& report);
/// The card: what was done and lost, then the card of the model it was made from, if there is one.
std::string write_compress_card(const CompressReport& report, const std::string& card_before);

}  // namespace winnow
