// labelled_options.h - --spam, --ham, --index and what selects rows of an index: shared by train, evaluate and compress.
//
// Fails:   without any labelled mail sources_of() is empty and the command calls it wrong usage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "models/labelled_mail.h"

namespace winnow {

struct LabelledOptions {
  std::vector<std::filesystem::path> spam, phishing, ham, indexes;
  std::vector<std::string> splits, corpora, without_corpora, phishing_corpora;
  std::string before, after;
};

void add_labelled_options(Arguments& arguments, LabelledOptions& options);

/// Why the options are no use, or "".
std::string wrong_about(const LabelledOptions& options);
std::vector<MailSource> sources_of(const LabelledOptions& options);
IndexFilter filter_of(const LabelledOptions& options);

}  // namespace winnow
