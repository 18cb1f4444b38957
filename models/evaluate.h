// evaluate.h - how good a model's probabilities are.
//
// Owns:    plain values.
// Units:   all rates 0..1; one_minus_auc too (print it as a percentage).
// Fails:   figures that need both classes are NaN when one is missing.
// Source:  ROC AUC by ranks with ties counted half (Hanley & McNeil 1982); ECE with equal-mass bins (Nguyen & O'Connor
//          2015); Brier 1950.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "models/labelled_mail.h"

namespace winnow {

struct ScoredMail {
  std::string name;
  std::string corpus;
  Label label = Label::Ham;
  double probability = 0;
};

struct Evaluation {
  std::size_t ham = 0, spam = 0;
  double auc = 0, one_minus_auc = 0;
  double recall_at_fpr_01 = 0, recall_at_fpr_05 = 0, recall_at_fpr_1 = 0;  // 0.1 %, 0.5 %, 1 %
  double recall_50 = 0, fpr_50 = 0, recall_90 = 0, fpr_90 = 0;             // at probability 0.5 and 0.9
  double ece = 0, brier = 0;
};

Evaluation evaluate(const std::vector<ScoredMail>& mail);
/// Per corpus, and "" for all together.
std::map<std::string, Evaluation> evaluate_by_corpus(const std::vector<ScoredMail>& mail);

std::string evaluation_table(const std::map<std::string, Evaluation>& by_corpus);
std::string evaluation_json(const std::map<std::string, Evaluation>& by_corpus);

}  // namespace winnow
