#include "models/evaluation_columns.h"
#include "models/full_evaluation.h"
#include "models/markdown_table.h"

namespace winnow {
namespace {

MarkdownRow heading_row() {
  MarkdownRow row = {"corpus", "ham", "spam"};
  for (const EvaluationColumn& column : kEvaluationColumns) {
    if (column.heading != nullptr) row.push_back(column.heading);
  }
  return row;
}

MarkdownRow figures_row(const std::string& name, const Evaluation& figures) {
  MarkdownRow row = {name, std::to_string(figures.ham), std::to_string(figures.spam)};
  for (const EvaluationColumn& column : kEvaluationColumns) {
    if (column.heading != nullptr) row.push_back(percent_number(figures.*column.figure, column.digits));
  }
  return row;
}

MarkdownRow intervals_row(const Intervals& intervals) {
  MarkdownRow row = {"  95 % of resamples", "", ""};
  for (const EvaluationColumn& column : kEvaluationColumns) {
    if (column.heading == nullptr) continue;
    const std::string low = percent_number(intervals.low.*column.figure, column.digits);
    const std::string high = percent_number(intervals.high.*column.figure, column.digits);
    row.push_back(low == "-" ? low : low + ".." + high);
  }
  return row;
}

/// Calls `row(name, value)` per corpus, for all together last.
template <typename Value, typename Row>
void for_each_corpus(const std::map<std::string, Value>& by_corpus, const Row& row) {
  for (const auto& [corpus, value] : by_corpus) {
    if (!corpus.empty()) row(corpus, value);
  }
  if (const auto all = by_corpus.find(""); all != by_corpus.end()) row("all", all->second);
}

}  // namespace

std::string evaluation_table(const std::map<std::string, Evaluation>& by_corpus) {
  std::vector<MarkdownRow> rows = {heading_row()};
  for_each_corpus(by_corpus, [&](const std::string& name, const Evaluation& figures) {
    rows.push_back(figures_row(name, figures));
  });
  return markdown_table(rows);
}

std::string full_evaluation_table(const std::map<std::string, FullEvaluation>& by_corpus) {
  std::vector<MarkdownRow> rows = {heading_row()};
  for_each_corpus(by_corpus, [&](const std::string& name, const FullEvaluation& full) {
    rows.push_back(figures_row(name, full.figures));
    if (full.intervals) rows.push_back(intervals_row(*full.intervals));
  });
  return markdown_table(rows);
}

std::string calibration_table(const std::map<std::string, FullEvaluation>& by_corpus) {
  std::vector<MarkdownRow> rows = {{"calibration", "ECE % before", "after", "at its own share of spam",
                                    "Brier % before", "after", "at its own share of spam"}};
  for_each_corpus(by_corpus, [&](const std::string& name, const FullEvaluation& full) {
    if (!full.calibration) return;
    MarkdownRow row = {name};
    for (double ProbabilityError::*error : {&ProbabilityError::ece, &ProbabilityError::brier}) {
      const CalibrationEffect& effect = *full.calibration;
      for (const ProbabilityError& step : {effect.before, effect.after, effect.at_own_prior}) {
        row.push_back(percent_number(step.*error, 2));
      }
    }
    rows.push_back(row);
  });
  return rows.size() == 1 ? "" : markdown_table(rows);
}

std::string threshold_table(const std::map<std::string, FullEvaluation>& by_corpus) {
  std::vector<MarkdownRow> rows = {{"recall / ham, p >="}};
  for_each_corpus(by_corpus, [&](const std::string& name, const FullEvaluation& full) {
    rows.front().push_back(name);
    rows.resize(full.thresholds.size() + 1);
    for (std::size_t i = 0; i < full.thresholds.size(); ++i) {
      const AtThreshold& at = full.thresholds[i];
      if (rows[i + 1].empty()) rows[i + 1] = {percent_number(at.threshold, 0) + " %"};
      rows[i + 1].push_back(percent_number(at.recall, 1) + " / " + percent_number(at.fpr, 2));
    }
  });
  return markdown_table(rows);
}

}  // namespace winnow
