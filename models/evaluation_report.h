// evaluation_report.h - one page that shows an evaluation: curves, histograms, thresholds, the worst mistakes.
//
// Owns:    plain values; a string of HTML.
// Threads: from any thread.
// Fails:   never. Corpora that lack a label have no curve, and figures that are not known are shown as "-".
//
// The page is self-contained (no script, nothing to fetch, and a Content-Security-Policy that says so), follows the
// reader's light or dark setting, and prints. Of the mail it shows file names only, never text; all names are escaped.
// They should be fit to be read, too: what a terminal may not show a page should not either (cli/terminal.h).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/full_evaluation.h"

namespace winnow {

struct EvaluationReport {
  std::string title;                                       // the model
  std::vector<std::pair<std::string, std::string>> facts;  // name and value, shown under the title
  std::vector<ScoredMail> mail;
  std::map<std::string, FullEvaluation> by_corpus;  // of that mail
};

inline constexpr std::size_t kWorstShown = 15;  // of each corpus and kind

std::string write_evaluation_report(const EvaluationReport& report);

}  // namespace winnow
