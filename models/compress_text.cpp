#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "models/compress.h"

namespace winnow {
namespace {

std::string number(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string row(const char* what, double before, double after, int decimals) {
  char text[128];
  std::snprintf(text, sizeof text, "| %-28s | %9s | %9s | %8s |\n", what, number(before, decimals).c_str(),
                number(after, decimals).c_str(), number(after / before, 3).c_str());
  return text;
}

nlohmann::json figures_json(const ModelFigures& figures) {
  return {{"bytes", figures.bytes},
          {"us_per_message", figures.us_alone},
          {"us_per_message_batched", figures.us_batched},
          {"one_minus_auc", figures.one_minus_auc},
          {"ece", figures.ece}};
}

/// The card of the model before, one heading lower.
std::string lowered(const std::string& card) {
  std::istringstream lines(card);
  std::string text;
  for (std::string line; std::getline(lines, line);) text += (line.rfind('#', 0) == 0 ? "#" : "") + line + "\n";
  return text;
}

}  // namespace

std::string compress_table(const CompressReport& report) {
  const ModelFigures &before = report.before, &after = report.after;
  const TableShape& shape = report.chosen.shape;
  std::string text =
      "|                              |    before |     after |    ratio |\n"
      "| ---------------------------- | --------: | --------: | -------: |\n";
  text += row("KiB on disk", static_cast<double>(before.bytes) / 1024, static_cast<double>(after.bytes) / 1024, 0);
  if (shape.rows > 0)
    text += row("rows that are not zero", static_cast<double>(shape.touched), static_cast<double>(shape.kept), 0);
  text += row("us per message, alone", before.us_alone, after.us_alone, 1);
  text +=
      row(("us per message, " + std::to_string(kBatch) + " at once").c_str(), before.us_batched, after.us_batched, 1);
  text += row("1-AUC %", 100 * before.one_minus_auc, 100 * after.one_minus_auc, 4);
  text += row("ECE %", 100 * before.ece, 100 * after.ece, 3);
  if (shape.rows > 0) text += "\nTable: " + encoding_name(report.chosen.encoding) + ".";
  return text + "\nChange of a probability on " + std::to_string(report.ham) + " ham and " +
         std::to_string(report.spam) + " spam: largest " + number(report.chosen.loss.max_change, 4) +
         ", 99 % of them at most " + number(report.chosen.loss.p99_change, 4) + ".\n";
}

std::string compress_json(const CompressReport& report) {
  const Candidate& chosen = report.chosen;
  const nlohmann::json auc_loss =
      std::isfinite(chosen.loss.auc_loss) ? nlohmann::json(chosen.loss.auc_loss) : nlohmann::json(nullptr);
  nlohmann::json all = {
      {"model", report.name},
      {"mail", {{"ham", report.ham}, {"spam", report.spam}}},
      {"before", figures_json(report.before)},
      {"after", figures_json(report.after)},
      {"change", {{"largest", chosen.loss.max_change}, {"p99", chosen.loss.p99_change}, {"auc_loss", auc_loss}}},
      {"within_bounds", report.within_bounds},
      {"sha256", report.sha256.empty() ? nlohmann::json(nullptr) : nlohmann::json(report.sha256)}};
  if (chosen.shape.rows > 0)
    all["table"] = {{"step", encoding_name(chosen.encoding)}, {"bits", chosen.encoding.bits},
                    {"prune", chosen.encoding.prune},         {"rows", chosen.shape.rows},
                    {"touched", chosen.shape.touched},        {"kept", chosen.shape.kept}};
  return all.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

std::string write_compress_card(const CompressReport& report, const std::string& card_before) {
  std::ostringstream out;
  out << "# Model " << report.name << ", compressed\n\n"
      << "A spam classifier for Winnow: TorchScript, " << report.after.bytes / 1024
      << " KiB, made smaller by `winnow compress`.\nsha256 `" << report.sha256 << "`.\n\n"
      << compress_table(report) << "\n";
  if (!card_before.empty()) out << "The model it was made from:\n\n" << lowered(card_before);
  return out.str();
}

}  // namespace winnow
