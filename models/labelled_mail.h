// labelled_mail.h - where labelled mail comes from: folders, Maildir, mbox, tar(.zst, .gz, .bz2, .xz), index.tsv.
//
// Owns:    plain values; messages are read one at a time, an archive is never unpacked to disk.
// Threads: one thread.
// Blocks:  reads files.
// Fails:   a source that cannot be read is one Diagnostic; the others are still read. Where it is one file of a folder,
//          a warning.
// Units:   max_bytes is of one message: more of it is skipped and the message marked truncated.
//
// An index is a tab-separated file whose first line names the columns corpus, path, label (ham|spam|phishing)
// and, if it likes, date, split and others. The messages of a corpus lie beside it, in <corpus>/<path> or as member
// <path> of <corpus>.tar (.zst, .gz, .bz2, .xz).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "engine/message/mail_input.h"

namespace winnow {

/// What a person said of a message. Phishing is spam, too.
enum class Label { Ham, Spam, Phishing };
std::string_view label_name(Label label);  // "ham", "spam", "phishing"
std::optional<Label> label_named(std::string_view name);
inline bool is_spam(Label label) { return label != Label::Ham; }

struct LabelledMail {
  std::string name;    // file, file:number of an mbox, or archive:member, for reports
  std::string corpus;  // of an index; else the source's base name
  std::string split;   // train, dev, test of an index; "" otherwise
  std::string date;    // ISO 8601 of an index; "" otherwise
  Label label = Label::Ham;
  MailInput input;
};

struct MailSource {
  std::filesystem::path path;  // file, folder, Maildir, mbox, tar, or an index.tsv
  Label label = Label::Ham;    // not used for an index, which says it itself
};

/// Which rows of an index are read, and as what. Empty fields take all. Mail from other sources is always read. A corpus that
/// no index has is an error, and then nothing is read.
struct IndexFilter {
  std::vector<std::string> splits;
  std::vector<std::string> corpora;
  std::vector<std::string> without_corpora;
  std::vector<std::string> phishing_corpora;  // their spam is phishing, although the index only says spam
  std::string before, after;  // ISO 8601: dated before, and not before; a row without a date is then left out
};

/// The corpora that mail of these sources is of; nullopt when an index cannot be read.
std::optional<std::vector<std::string>> corpora_of(const std::vector<MailSource>& sources);

/// False, with an error and the nearest name, when a name is none of the corpora.
bool are_corpora(const std::vector<std::string>& names, const std::vector<std::string>& corpora, Diagnostics& problems);

/// Calls `take` for every message, in an order that only depends on the sources; `take` returning false ends
/// the reading. In folders hidden files are skipped, and of a Maildir only cur/ and new/ are read. Mail of a
/// folder that goes away meanwhile, or may not be read, is a warning; so is a Maildir without any. A file that starts with
/// "From " is an mbox when it is a source itself, is called *.mbox or has a second separator with a date; inside a folder
/// it is else one message.
void read_labelled_mail(const std::vector<MailSource>& sources, const IndexFilter& filter, std::uint64_t max_bytes,
                        Diagnostics& problems, const std::function<bool(LabelledMail&&)>& take);

/// How many messages that will be at most, for a progress bar; 0 when a source cannot say without being read. An mbox
/// within a folder counts as one.
std::size_t count_labelled_mail(const std::vector<MailSource>& sources, const IndexFilter& filter);

}  // namespace winnow
