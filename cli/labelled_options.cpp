#include "cli/labelled_options.h"

namespace winnow {

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
}

std::vector<MailSource> sources_of(const LabelledOptions& options) {
  std::vector<MailSource> sources;
  for (const auto& path : options.spam) sources.push_back({path, Label::Spam});
  for (const auto& path : options.phishing) sources.push_back({path, Label::Phishing});
  for (const auto& path : options.ham) sources.push_back({path, Label::Ham});
  for (const auto& path : options.indexes) sources.push_back({path, Label::Ham});
  return sources;
}

IndexFilter filter_of(const LabelledOptions& options) {
  return {options.splits, options.corpora, options.without_corpora, options.phishing_corpora};
}

}  // namespace winnow
