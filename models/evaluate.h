// evaluate.h - how good a model's probabilities are.
//
// Owns:    plain values.
// Threads: evaluate() and the texts from any thread; score_mail uses threads of its own while it runs.
// Blocks:  score_mail reads the mail and runs the model.
// Fails:   figures that need both classes are NaN when one is missing ("-" in the table, null in JSON); rates of a
//          missing class too. score_mail: mail that cannot be read or judged is a Diagnostic and is left out.
// Units:   all rates 0..1; one_minus_auc too (printed as a percentage).
// Source:  ROC AUC by ranks with ties counted half (Hanley & McNeil 1982); ECE with equal-mass bins (Nguyen & O'Connor
//          2015); Brier 1950.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/labelled_mail.h"

namespace winnow {

class Engine;

struct ScoredMail {
  std::string name;
  std::string corpus;
  Label label = Label::Ham;
  double probability = 0;
  std::optional<double> uncalibrated;  // by the model's bare logit, where that is known
};

/// A message counts as judged spam at a threshold t when its probability is t or more.
/// recall_at_fpr_*: the largest recall over all thresholds at which at most that share of the ham is judged
/// spam; with fewer ham than 1/share that means none of it. ece: mail sorted by probability and cut into 15
/// bins of equal size, where a bin takes in all mail of the same probability as its last; the mean of |share
/// of spam - mean probability| over the bins, weighted by their size.
struct Evaluation {
  std::size_t ham = 0, spam = 0;
  double auc = 0, one_minus_auc = 0;
  double recall_at_fpr_01 = 0, recall_at_fpr_05 = 0, recall_at_fpr_1 = 0;  // 0.1 %, 0.5 %, 1 %
  double recall_50 = 0, fpr_50 = 0, recall_90 = 0, fpr_90 = 0;             // at probability 0.5 and 0.9
  double ece = 0, brier = 0;
};

/// The mail of each corpus, and "" for all together.
std::map<std::string, std::vector<ScoredMail>> mail_by_corpus(const std::vector<ScoredMail>& mail);

Evaluation evaluate(const std::vector<ScoredMail>& mail);
/// Per corpus, and "" for all together.
std::map<std::string, Evaluation> evaluate_by_corpus(const std::vector<ScoredMail>& mail);

/// A Markdown table that also reads well on a terminal: a row per corpus, all together last.
std::string evaluation_table(const std::map<std::string, Evaluation>& by_corpus);
/// {"corpora": {name: figures}, "all": figures}
std::string evaluation_json(const std::map<std::string, Evaluation>& by_corpus);

struct ScoreOptions {
  std::vector<MailSource> sources;
  IndexFilter filter;
  std::uint64_t max_scan_bytes = 1u << 20;  // of one message, as the daemon judges it
  std::size_t threads = 0;                  // that read and take apart mail; 0 = one per core
};

/// Judges all the mail as the daemon would, in the order of the sources. `on_progress(done, total)` (total 0
/// when unknown) returning false ends it early.
std::vector<ScoredMail> score_mail(const Engine& engine, const ScoreOptions& options,
                                   const std::function<bool(std::size_t done, std::size_t total)>& on_progress,
                                   Diagnostics& problems);

}  // namespace winnow
