#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "models/evaluate.h"

namespace winnow {
namespace {

/// One figure: its key in JSON, its heading in the table. The table shows percentages.
struct Column {
  const char* key;
  const char* heading;
  double Evaluation::*figure;
  int digits;
};

constexpr std::array<Column, 11> kColumns = {{
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

using Row = std::vector<std::string>;

std::string percent(double figure, int digits) {
  if (std::isnan(figure)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, 100 * figure);
  return text.data();
}

Row heading_row() {
  Row row = {"corpus", "ham", "spam"};
  for (const Column& column : kColumns) {
    if (column.heading != nullptr) row.push_back(column.heading);
  }
  return row;
}

Row figures_row(const std::string& name, const Evaluation& figures) {
  Row row = {name, std::to_string(figures.ham), std::to_string(figures.spam)};
  for (const Column& column : kColumns) {
    if (column.heading != nullptr) row.push_back(percent(figures.*column.figure, column.digits));
  }
  return row;
}

std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t number = 0; number < rows.size(); ++number) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string padding(widths[i] - rows[number][i].size(), ' ');
      text += i == 0 ? "| " + rows[number][i] + padding + " |" : " " + padding + rows[number][i] + " |";
    }
    text += "\n";
    if (number > 0) continue;
    for (std::size_t i = 0; i < widths.size(); ++i)
      text += (i == 0 ? "| " : " ") + std::string(widths[i] - 1, '-') + (i == 0 ? "- |" : ": |");
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json figures_json(const Evaluation& figures) {
  nlohmann::ordered_json json = {{"ham", figures.ham}, {"spam", figures.spam}};
  for (const Column& column : kColumns) json[column.key] = figures.*column.figure;  // NaN is written as null
  return json;
}

}  // namespace

std::string evaluation_table(const std::map<std::string, Evaluation>& by_corpus) {
  std::vector<Row> rows = {heading_row()};
  for (const auto& [corpus, figures] : by_corpus) {
    if (!corpus.empty()) rows.push_back(figures_row(corpus, figures));
  }
  if (const auto all = by_corpus.find(""); all != by_corpus.end()) rows.push_back(figures_row("all", all->second));
  return aligned(rows);
}

std::string evaluation_json(const std::map<std::string, Evaluation>& by_corpus) {
  nlohmann::ordered_json json;
  json["corpora"] = nlohmann::ordered_json::object();
  for (const auto& [corpus, figures] : by_corpus) {
    if (!corpus.empty()) json["corpora"][corpus] = figures_json(figures);
  }
  if (const auto all = by_corpus.find(""); all != by_corpus.end()) json["all"] = figures_json(all->second);
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace winnow
