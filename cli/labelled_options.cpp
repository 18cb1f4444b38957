#include "cli/labelled_options.h"

#include <algorithm>
#include <string_view>

namespace winnow {
namespace {

bool is_day(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  const auto fits = [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; };
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), fits);
}

}  // namespace

void add_labelled_options(Arguments& arguments, LabelledOptions& options) {
  arguments.add({"--spam", "PATH", "spam: a file, folder, Maildir, mbox or tar archive; may be repeated"},
                options.spam);
  arguments.add({"--phishing", "PATH", "phishing, which is spam, too; in the same forms; may be repeated"},
                options.phishing);
  arguments.add({"--ham", "PATH", "wanted mail, in the same forms; may be repeated"}, options.ham);
  arguments.add({"--index", "FILE", "an index.tsv that names mail and its label; may be repeated"}, options.indexes);
  arguments.add({"--split", "NAME", "only this split of the index (train, dev, test); may be repeated"},
                options.splits);
  arguments.add({"--corpus", "NAME", "only this corpus of the index; may be repeated"}, options.corpora);
  arguments.add({"--without", "NAME", "leave this corpus of the index out; may be repeated"}, options.without_corpora);
  arguments.add({"--phishing-corpus", "NAME", "spam of this corpus of the index is phishing; may be repeated"},
                options.phishing_corpora);
  arguments.add({"--before", "DATE", "only mail of the index from before this day, YYYY-MM-DD"}, options.before);
  arguments.add({"--after", "DATE", "only mail of the index from this day on"}, options.after);
}

std::string wrong_about(const LabelledOptions& options) {
  for (const std::string& date : {options.before, options.after}) {
    if (!date.empty() && !is_day(date)) return "'" + date + "' is no date, which is written YYYY-MM-DD";
  }
  const bool selects = !options.splits.empty() || !options.corpora.empty() || !options.without_corpora.empty() ||
                       !options.phishing_corpora.empty() || !options.before.empty() || !options.after.empty();
  if (selects && options.indexes.empty()) return "splits, corpora and dates are those of an index: give --index";
  return "";
}

std::vector<MailSource> sources_of(const LabelledOptions& options) {
  std::vector<MailSource> sources;
  // Ham first: its texts are put behind copies of the spam.
  for (const auto& path : options.ham) sources.push_back({path, Label::Ham});
  for (const auto& path : options.spam) sources.push_back({path, Label::Spam});
  for (const auto& path : options.phishing) sources.push_back({path, Label::Phishing});
  for (const auto& path : options.indexes) sources.push_back({path, Label::Ham});
  return sources;
}

IndexFilter filter_of(const LabelledOptions& options) {
  return {options.splits,           options.corpora, options.without_corpora,
          options.phishing_corpora, options.before,  options.after};
}

}  // namespace winnow
