#include "models/labelled_mail.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include "models/mail_archive.h"
#include "models/mail_index.h"
#include "models/mbox.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;

std::string base_name(const fs::path& path) {
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

bool is_folder(const fs::path& path) {
  std::error_code failed;
  return fs::is_directory(path, failed);
}

bool is_file(const fs::path& path) {
  std::error_code failed;
  return fs::is_regular_file(path, failed);
}

/// A single message that was saved with its "From " line is none.
bool is_mbox_of_folder(const fs::path& file) { return file.extension() == ".mbox" || holds_several_messages(file); }

bool is_maildir(const fs::path& folder) { return is_folder(folder / "cur") && is_folder(folder / "new"); }

/// What a server keeps beside the mail of a Maildir (uid lists, indexes, subscriptions) is no mail, and what is in tmp is
/// still being delivered.
bool holds_mail_of_maildir(const fs::path& entry) { return entry.filename() == "cur" || entry.filename() == "new"; }

/// As in folders: ".Junk" in the archive of a Maildir is not what the Maildir is.
bool is_hidden(const std::string& member) {
  const fs::path path(member);
  return std::any_of(path.begin(), path.end(), [](const fs::path& part) {
    return part.string().starts_with('.') && part != "." && part != "..";
  });
}

/// Thunderbird's index of the mbox beside it.
bool is_mbox_index(const fs::path& entry) {
  return entry.extension() == ".msf" && is_file(fs::path(entry).replace_extension());
}

/// Regular files below a folder, sorted by path.
void list_files(const fs::path& folder, std::vector<fs::path>& files, Diagnostics& problems) {
  std::error_code failed;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    entries.push_back(at->path());
  }
  if (failed) problems.error(in_file(folder), "cannot be listed: " + failed.message());
  std::sort(entries.begin(), entries.end());
  const bool maildir = is_maildir(folder);
  for (const fs::path& entry : entries) {
    if (entry.filename().string().starts_with('.') || (maildir && !holds_mail_of_maildir(entry))) continue;
    const fs::file_status status = fs::symlink_status(entry, failed);
    if (is_mbox_index(entry)) continue;
    if (fs::is_directory(status)) list_files(entry, files, problems);
    // Only links to files are followed: a link to a folder could lead round in a circle.
    if (fs::is_regular_file(status) || (fs::is_symlink(status) && is_file(entry))) files.push_back(entry);
  }
}

std::string messages(std::size_t count) {
  return count == 1 ? "1 message was" : std::to_string(count) + " messages were";
}

/// A misspelt name would leave nothing out and nobody would see it.
bool names_corpora_of(std::vector<MailSource> sources, const IndexFilter& filter, Diagnostics& problems) {
  std::vector<std::string> names = filter.corpora;
  names.insert(names.end(), filter.without_corpora.begin(), filter.without_corpora.end());
  names.insert(names.end(), filter.phishing_corpora.begin(), filter.phishing_corpora.end());
  if (names.empty()) return true;
  std::erase_if(sources, [](const MailSource& source) { return !is_mail_index(source.path); });
  const auto corpora = corpora_of(sources);
  return !corpora || are_corpora(names, *corpora, problems);
}

/// One call of read_labelled_mail.
class Reading {
 public:
  Reading(const IndexFilter& filter, std::uint64_t max_bytes, Diagnostics& problems,
          const std::function<bool(LabelledMail&&)>& take)
      : filter_(filter), max_bytes_(max_bytes), problems_(problems), take_(take) {}

  /// False when take ended it.
  bool read(const MailSource& source) {
    const std::string corpus = base_name(source.path);
    const LabelledMail what{{}, corpus, {}, {}, source.label, {}};
    std::error_code failed;
    if (!fs::exists(source.path, failed)) {
      problems_.error(in_file(source.path), "does not exist");
      return true;
    }
    if (is_folder(source.path)) return read_folder(source.path, what);
    if (!is_file(source.path)) {  // each file is looked at before it is read, which a pipe cannot bear
      problems_.error(in_file(source.path), "is neither a file nor a folder", "save it in a file first");
      return true;
    }
    if (is_mail_index(source.path)) return read_index(source.path);
    if (is_mail_archive(source.path)) return read_archive(source.path, what);
    return is_mbox(source.path) ? read_mbox_file(source.path, what) : read_file(source.path, what);
  }

 private:
  /// Mail of one folder.
  struct NotRead {
    std::size_t gone = 0, refused = 0;
    std::string first_error;
  };

  bool hand_over(LabelledMail mail, std::string name, MailInput&& input) {
    mail.name = std::move(name);
    mail.input = std::move(input);
    return take_(std::move(mail));
  }

  bool read_file(const fs::path& file, const LabelledMail& what) {
    std::string error;
    std::optional<MailInput> input = read_mail_file(file, max_bytes_, error);
    if (!input) {
      problems_.error(in_file(file), error);
      return true;
    }
    return hand_over(what, file.string(), std::move(*input));
  }

  bool read_mbox_file(const fs::path& file, const LabelledMail& what) {
    return read_mbox(file, max_bytes_, problems_, [&](std::size_t number, MailInput&& input) {
      return hand_over(what, file.string() + ":" + std::to_string(number), std::move(input));
    });
  }

  bool read_folder(const fs::path& folder, const LabelledMail& what) {
    std::vector<fs::path> files;
    list_files(folder, files, problems_);
    if (files.empty() && is_maildir(folder))
      problems_.warning(in_file(folder), "there is no mail in cur and new", "name the subfolders of a Maildir, too");
    NotRead not_read;
    const bool go_on = std::all_of(files.begin(), files.end(), [&](const fs::path& file) {
      return is_file(file) && is_mbox_of_folder(file) ? read_one_mbox_of(file, what, not_read)
                                                      : read_one_of(file, what, not_read);
    });
    tell(not_read, folder);
    return go_on;
  }

  /// A mailbox is in use while it is read: mail is deleted, or renamed when somebody has seen it. And one message that may not
  /// be read, of thousands that may, ends nothing.
  bool read_one_of(const fs::path& file, const LabelledMail& what, NotRead& not_read) {
    std::string error;
    std::optional<MailInput> input = read_mail_file(file, max_bytes_, error);
    if (input) return hand_over(what, file.string(), std::move(*input));
    note(not_read, file, error);
    return true;
  }

  bool read_one_mbox_of(const fs::path& file, const LabelledMail& what, NotRead& not_read) {
    Diagnostics found;
    const bool go_on = read_mbox(file, max_bytes_, found, [&](std::size_t number, MailInput&& input) {
      return hand_over(what, file.string() + ":" + std::to_string(number), std::move(input));
    });
    if (found.has_errors()) note(not_read, file, found.entries().front().text);
    return go_on;
  }

  void note(NotRead& not_read, const fs::path& file, const std::string& error) {
    if (!is_file(file)) {
      ++not_read.gone;
    } else if (++not_read.refused == 1) {
      not_read.first_error = error;
    }
  }

  void tell(const NotRead& not_read, const fs::path& folder) {
    if (not_read.gone > 0)
      problems_.warning(in_file(folder), messages(not_read.gone) + " moved or deleted while it was read");
    if (not_read.refused > 0)
      problems_.warning(in_file(folder), messages(not_read.refused) + " left out: " + not_read.first_error);
  }

  bool read_archive(const fs::path& file, const LabelledMail& what) {
    std::size_t hidden = 0;
    std::string first_hidden;
    const auto wants = [&](const std::string& member) {
      if (!is_hidden(member)) return true;
      if (++hidden == 1) first_hidden = member;
      return false;
    };
    const ArchiveReader reader{wants, [&](const std::string& member, MailInput&& input) {
                                 return hand_over(what, file.string() + ":" + member, std::move(input));
                               }};
    const bool go_on = read_mail_archive(file, max_bytes_, reader, problems_);
    if (hidden > 0)
      problems_.warning(in_file(file), std::to_string(hidden) + " hidden files left out, such as " + first_hidden,
                        "of a folder of its own, make an archive of what is in it: tar -C FOLDER -cf FILE.tar cur new");
    return go_on;
  }

  bool read_index(const fs::path& file) {
    const auto corpora = read_mail_index(file, filter_, problems_);
    return !corpora || std::all_of(corpora->begin(), corpora->end(), [&](const IndexedCorpus& corpus) {
      return read_corpus(file.parent_path() / corpus.name, corpus);
    });
  }

  bool read_corpus(const fs::path& place, const IndexedCorpus& corpus) {
    if (is_folder(place)) {
      return std::all_of(corpus.rows.begin(), corpus.rows.end(), [&](const IndexRow& row) {
        return read_file(place / row.path, {{}, corpus.name, row.split, row.date, row.label, {}});
      });
    }
    for (const char* ending : {".tar.zst", ".tar.gz", ".tar", ".tar.bz2", ".tar.xz"}) {
      const fs::path archive = place.string() + ending;
      if (is_file(archive)) return read_indexed_archive(archive, corpus);
    }
    problems_.error(in_file(place), "corpus is named in the index, but there is neither this folder nor a .tar of it");
    return true;
  }

  bool read_indexed_archive(const fs::path& archive, const IndexedCorpus& corpus) {
    std::unordered_map<std::string, const IndexRow*> missing;
    for (const IndexRow& row : corpus.rows) missing.emplace(row.path, &row);
    const ArchiveReader reader{[&](const std::string& member) { return missing.contains(member); },
                               [&](const std::string& member, MailInput&& input) {
                                 const IndexRow& row = *missing.extract(member).mapped();
                                 const LabelledMail what{{}, corpus.name, row.split, row.date, row.label, {}};
                                 return hand_over(what, archive.string() + ":" + member, std::move(input));
                               }};
    const std::size_t errors = problems_.error_count();
    if (!read_mail_archive(archive, max_bytes_, reader, problems_)) return false;
    if (!missing.empty() && problems_.error_count() == errors) {
      problems_.error(in_file(archive), "lacks " + std::to_string(missing.size()) + " messages of the index, such as " +
                                            missing.begin()->first);
    }
    return true;
  }

  const IndexFilter& filter_;
  std::uint64_t max_bytes_;
  Diagnostics& problems_;
  const std::function<bool(LabelledMail&&)>& take_;
};

}  // namespace

std::string_view label_name(Label label) {
  switch (label) {
    case Label::Ham:
      return "ham";
    case Label::Spam:
      return "spam";
    case Label::Phishing:
      return "phishing";
  }
  return "ham";
}

std::optional<Label> label_named(std::string_view name) {
  for (const Label label : {Label::Ham, Label::Spam, Label::Phishing}) {
    if (name == label_name(label)) return label;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> corpora_of(const std::vector<MailSource>& sources) {
  Diagnostics unused;  // reading reports the same problems
  std::vector<std::string> names;
  for (const MailSource& source : sources) {
    if (!is_mail_index(source.path)) {
      names.push_back(base_name(source.path));
      continue;
    }
    const auto corpora = read_mail_index(source.path, {}, unused);
    if (!corpora) return std::nullopt;
    for (const IndexedCorpus& corpus : *corpora) names.push_back(corpus.name);
  }
  return names;
}

bool are_corpora(const std::vector<std::string>& names, const std::vector<std::string>& corpora,
                 Diagnostics& problems) {
  const std::size_t errors = problems.error_count();
  for (const std::string& name : names) {
    if (std::find(corpora.begin(), corpora.end(), name) == corpora.end())
      problems.error({}, "there is no corpus '" + name + "'", did_you_mean(name, corpora));
  }
  return problems.error_count() == errors;
}

void read_labelled_mail(const std::vector<MailSource>& sources, const IndexFilter& filter, std::uint64_t max_bytes,
                        Diagnostics& problems, const std::function<bool(LabelledMail&&)>& take) {
  if (!names_corpora_of(sources, filter, problems)) return;
  Reading reading(filter, max_bytes, problems, take);
  for (const MailSource& source : sources) {
    if (!reading.read(source)) return;
  }
}

std::size_t count_labelled_mail(const std::vector<MailSource>& sources, const IndexFilter& filter) {
  Diagnostics unused;  // reading reports the same problems
  std::size_t count = 0;
  for (const MailSource& source : sources) {
    if (is_folder(source.path)) {
      std::vector<fs::path> files;
      list_files(source.path, files, unused);
      count += files.size();
    } else if (!is_file(source.path)) {
      continue;
    } else if (is_mail_index(source.path)) {
      const auto corpora = read_mail_index(source.path, filter, unused);
      if (corpora)
        for (const IndexedCorpus& corpus : *corpora) count += corpus.rows.size();
    } else if (is_mail_archive(source.path) || is_mbox(source.path)) {
      return 0;
    } else {
      ++count;
    }
  }
  return count;
}

}  // namespace winnow
