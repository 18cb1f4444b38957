// manifest.h - winnow.json inside a model: what the model is, what it needs, how its logits become probabilities.
//
// Owns:    plain values.
// Fails:   parse_manifest returns nullopt and says why, naming the key.
// Units:   prior is the share of spam the calibration assumes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/parts.h"
#include "engine/probability.h"

namespace winnow {

/// probability = sigmoid(slope * logit + intercept), then the shift to the site's prior.
struct Calibration {
  double slope = 1.0;
  double intercept = 0.0;
};

/// What `winnow compress` did to the weights, and what that changed on the mail it was measured on.
struct CompressStep {
  std::string step;          // "5-bit codebook, 12.5 % of the rows left out"
  std::string made_from;     // sha256 of the model before
  std::size_t messages = 0;  // measured on
  double max_change = 0;     // of a probability, 0..1
  double p99_change = 0;
  double one_minus_auc = 0;  // after it
};

struct Manifest {
  int format = 1;
  std::string name;                            // "default-2026-11"
  std::string created;                         // ISO 8601 date
  std::vector<std::string> labels = {"spam"};  // the first is spam
  std::string input = "tokens";
  std::string schema_id, schema_hash;
  std::size_t table_size = 0;
  std::vector<std::string> dense_names;
  std::vector<Calibration> calibration;  // one per label
  double prior_spam = 0.5;
  std::string corpora_digest;
  std::string metrics_json = "{}";     // as measured at training, free form
  std::vector<CompressStep> compress;  // in the order they were done
  bool half = false;                   // fit to run in half precision, which GPUs then do
  std::vector<Stage> stages;           // of a model in parts; else none
};

std::optional<Manifest> parse_manifest(const std::string& json, std::string& error);
std::string write_manifest(const Manifest& manifest);

/// What a site whose share of spam is `site_prior` adds to the log-odds of a model made for `model_prior`.
double prior_shift(double model_prior, double site_prior);

/// Calibrated probability of one label for a site whose share of spam is `site_prior`.
/// Source: prior shift by Bayes' rule on the odds (Saerens et al. 2002, eq. 2.4).
std::optional<Probability> calibrate(double logit, const Calibration& calibration, double model_prior,
                                     double site_prior);

}  // namespace winnow
