// evaluation_columns.h - the figures of an Evaluation with their names, once for all tables and the JSON.
//
// Owns:    plain values, constant.
// Units:   digits are those behind the point of a percentage.
#pragma once

#include <array>

#include "models/evaluate.h"

namespace winnow {

/// One figure: its key in JSON, its heading in tables, which show percent.
struct EvaluationColumn {
  const char* key;
  const char* heading;  // null: not in tables
  double Evaluation::*figure;
  int digits;
};

inline constexpr std::array<EvaluationColumn, 11> kEvaluationColumns = {{
    {"one_minus_auc", "1-AUC %", &Evaluation::one_minus_auc, 3},
    {"recall_at_fpr_0.1%", "recall at 0.1 %", &Evaluation::recall_at_fpr_01, 1},
    {"recall_at_fpr_0.5%", "at 0.5 %", &Evaluation::recall_at_fpr_05, 1},
    {"recall_at_fpr_1%", "at 1 %", &Evaluation::recall_at_fpr_1, 1},
    {"recall_50", "recall, p >= 0.5", &Evaluation::recall_50, 1},
    {"fpr_50", "ham, p >= 0.5", &Evaluation::fpr_50, 2},
    {"recall_90", "recall, p >= 0.9", &Evaluation::recall_90, 1},
    {"fpr_90", "ham, p >= 0.9", &Evaluation::fpr_90, 2},
    {"ece", "ECE %", &Evaluation::ece, 2},
    {"brier", "Brier %", &Evaluation::brier, 2},
    {"auc", nullptr, &Evaluation::auc, 0},
}};

}  // namespace winnow
