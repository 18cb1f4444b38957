#include <algorithm>
#include <cmath>

#include "models/evaluation_columns.h"
#include "models/evaluation_report.h"
#include "models/html.h"
#include "models/markdown_table.h"
#include "models/report_plots.h"
#include "models/report_style.h"

namespace winnow {
namespace {

using ByCorpus = std::map<std::string, FullEvaluation>;

std::string shown_name(const std::string& corpus) { return corpus.empty() ? "all" : escape_html(corpus); }

/// The corpora, and all together last; only the corpus when it has all the mail, as both would be the same.
std::vector<std::string> order_of(const ByCorpus& by_corpus) {
  const auto count = [](const FullEvaluation& full) { return full.figures.ham + full.figures.spam; };
  std::vector<std::string> names;
  for (const auto& [name, full] : by_corpus) {
    if (!name.empty()) names.push_back(name);
  }
  if (names.size() != 1 || count(by_corpus.at(names.front())) < count(by_corpus.at(""))) names.emplace_back();
  return names;
}

std::string element(const char* name, const std::string& inside) {
  return std::string("<") + name + ">" + inside + "</" + name + ">";
}

std::string head(const EvaluationReport& report) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escape_html(report.title) + "</title><style>" + kReportStyle + "</style></head><body>\n<h1>" +
      escape_html(report.title) + "</h1>\n<dl>";
  for (const auto& [name, value] : report.facts) {
    text += element("dt", escape_html(name)) + element("dd", escape_html(value));
  }
  return text + "</dl>\n";
}

std::string figure_cell(const FullEvaluation& full, const EvaluationColumn& column) {
  std::string cell = percent_number(full.figures.*column.figure, column.digits);
  if (full.intervals && cell != "-") {
    cell += "<small>" + percent_number(full.intervals->low.*column.figure, column.digits) + "–" +
            percent_number(full.intervals->high.*column.figure, column.digits) + "</small>";
  }
  return element("td", cell);
}

std::string figures_section(const ByCorpus& by_corpus) {
  std::string text =
      "<h2>Figures</h2>\n<p>In percent. “Recall at”: spam found while at most that share of the ham is judged spam. "
      "Small "
      "print: 95 % of the resamples of this mail. All together says little: it depends on how much mail of each corpus "
      "there is.</p>\n<div class=\"wide\"><table><thead><tr><th>corpus</th><th>ham</th><th>spam</th>";
  for (const EvaluationColumn& column : kEvaluationColumns) {
    if (column.heading != nullptr) text += element("th", escape_html(column.heading));
  }
  text += "</tr></thead><tbody>\n";
  for (const std::string& name : order_of(by_corpus)) {
    const FullEvaluation& full = by_corpus.at(name);
    text += "<tr>" + element("td", shown_name(name)) + element("td", std::to_string(full.figures.ham)) +
            element("td", std::to_string(full.figures.spam));
    for (const EvaluationColumn& column : kEvaluationColumns) {
      if (column.heading != nullptr) text += figure_cell(full, column);
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string error_cells(const CalibrationEffect& effect, double ProbabilityError::*error) {
  return element("td", percent_number(effect.before.*error, 2)) +
         element("td", percent_number(effect.after.*error, 2)) +
         element("td", percent_number(effect.at_own_prior.*error, 2));
}

std::string calibration_section(const ByCorpus& by_corpus) {
  std::string rows;
  for (const std::string& name : order_of(by_corpus)) {
    const FullEvaluation& full = by_corpus.at(name);
    if (!full.calibration) continue;
    rows += "<tr>" + element("td", shown_name(name)) + error_cells(*full.calibration, &ProbabilityError::ece) +
            error_cells(*full.calibration, &ProbabilityError::brier) + "</tr>\n";
  }
  if (rows.empty()) return "";
  return "<h2>Calibration</h2>\n<p>The error of the probabilities before calibration (the model's bare logit), as the "
         "model is, and when the site's prior is set to the share of spam that the corpus has.</p>\n<div "
         "class=\"wide\">"
         "<table><thead><tr><th>corpus</th><th>ECE % before</th><th>after</th><th>at its share of spam</th>"
         "<th>Brier % before</th><th>after</th><th>at its share of spam</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string roc_section(const std::map<std::string, std::vector<ScoredMail>>& parts, const ByCorpus& by_corpus) {
  std::vector<RocCurve> curves;
  std::string legend;
  for (const std::string& name : order_of(by_corpus)) {
    const Evaluation& figures = by_corpus.at(name).figures;
    if (figures.ham == 0 || figures.spam == 0) continue;
    const std::size_t series = curves.size();
    curves.push_back({series, roc_of(rank(parts.at(name)))});
    legend += element("li", draw_series_key(series) + shown_name(name));
  }
  if (curves.empty()) return "";
  return "<h2>ROC</h2>\n<figure class=\"roc\">" + draw_roc(curves) + "<ul class=\"legend\">" + legend +
         "</ul></figure>\n";
}

std::string mistakes_table(std::vector<ScoredMail> mistakes, Label label) {
  const bool spam = label == Label::Spam;
  std::stable_sort(mistakes.begin(), mistakes.end(), [spam](const ScoredMail& a, const ScoredMail& b) {
    return spam ? a.probability < b.probability : a.probability > b.probability;
  });
  const std::string all = std::to_string(mistakes.size());
  std::string text = "<div><h3>" + std::string(spam ? "Missed spam" : "Ham judged spam") + " at 50 %: " + all + "</h3>";
  if (mistakes.empty()) return text + "<span class=\"none\">none</span></div>";
  mistakes.resize(std::min(mistakes.size(), kWorstShown));
  text += "<table class=\"names\"><tbody>";
  for (const ScoredMail& one : mistakes) {
    text += "<tr>" + element("td", percent_number(one.probability, 2) + " %") + element("td", escape_html(one.name)) +
            "</tr>\n";
  }
  return text + "</tbody></table></div>";
}

std::string worst_mistakes(const std::vector<ScoredMail>& mail) {
  std::vector<ScoredMail> wrong_ham, missed_spam;
  for (const ScoredMail& one : mail) {
    if (!is_spam(one.label) && one.probability >= 0.5) wrong_ham.push_back(one);
    if (is_spam(one.label) && one.probability < 0.5) missed_spam.push_back(one);
  }
  return "<div class=\"pair\">" + mistakes_table(std::move(wrong_ham), Label::Ham) +
         mistakes_table(std::move(missed_spam), Label::Spam) + "</div>\n";
}

std::vector<ReliabilityBin> reliability_before(std::vector<ScoredMail> mail) {
  for (ScoredMail& one : mail) {
    if (!one.uncalibrated) return {};
    one.probability = *one.uncalibrated;
  }
  return reliability_of(rank(mail));
}

std::string corpus_section(const std::string& name, const std::vector<ScoredMail>& mail) {
  const auto before = reliability_before(mail);
  std::string text =
      "<section class=\"corpus\"><h2>" + shown_name(name) + "</h2>\n<div class=\"pair\"><figure class=\"plot\">" +
      draw_reliability(reliability_of(rank(mail)), before) + "<figcaption>Reliability: 15 bins of equal size" +
      (before.empty() ? "" : "; hollow: before calibration") +
      ". On the dotted line a probability means what it says.</figcaption></figure>\n" + "<figure class=\"plot\">" +
      draw_histogram(mail) +
      "<figcaption>Probabilities by label, counts on a logarithmic scale.</figcaption></figure></div>\n";
  // All together would only repeat names, unless some mail is of no corpus.
  const auto has_none = [](const ScoredMail& one) { return one.corpus.empty(); };
  const bool repeats = name.empty() && std::none_of(mail.begin(), mail.end(), has_none);
  return text + (repeats ? "" : worst_mistakes(mail)) + "</section>\n";
}

std::string thresholds_section(const ByCorpus& by_corpus) {
  const std::vector<std::string> names = order_of(by_corpus);
  std::string text =
      "<h2>Thresholds</h2>\n<p>Spam found / ham judged spam, in percent, for each threshold.</p>\n"
      "<div class=\"wide\"><table><thead><tr><th>p ≥</th>";
  for (const std::string& name : names) text += element("th", shown_name(name));
  text += "</tr></thead><tbody>\n";
  const std::size_t rows = by_corpus.at(names.front()).thresholds.size();
  for (std::size_t i = 0; i < rows; ++i) {
    text += "<tr>" + element("td", percent_number(by_corpus.at(names.front()).thresholds[i].threshold, 0) + " %");
    for (const std::string& name : names) {
      const AtThreshold& at = by_corpus.at(name).thresholds[i];
      text += element("td", percent_number(at.recall, 1) + " / " + percent_number(at.fpr, 2));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

}  // namespace

std::string write_evaluation_report(const EvaluationReport& report) {
  const auto parts = mail_by_corpus(report.mail);
  std::string page = head(report) + figures_section(report.by_corpus) + calibration_section(report.by_corpus) +
                     roc_section(parts, report.by_corpus);
  for (const std::string& name : order_of(report.by_corpus)) page += corpus_section(name, parts.at(name));
  return page + thresholds_section(report.by_corpus) + "</body></html>\n";
}

}  // namespace winnow
