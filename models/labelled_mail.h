// labelled_mail.h - where labelled mail comes from: folders, Maildir, mbox, tar(.zst, .gz), index.tsv.
//
// Owns:    plain values; messages are read one at a time, an archive is never unpacked to disk.
// Threads: one thread.
// Blocks:  reads files.
// Fails:   a source that cannot be read is one Diagnostic; the others are still read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "engine/message/mail_input.h"

namespace winnow {

enum class Label { Ham, Spam };

struct LabelledMail {
  std::string name;     // file, or archive:member, for reports
  std::string corpus;   // of an index; else the source's base name
  std::string split;    // train, dev, test of an index; "" otherwise
  std::string date;     // ISO 8601 of an index; "" otherwise
  Label label = Label::Ham;
  MailInput input;
};

struct MailSource {
  std::filesystem::path path;  // file, folder, Maildir, mbox, tar, or an index.tsv
  Label label = Label::Ham;    // not used for an index, which says it itself
};

/// Which rows of an index are read. Empty fields take all.
struct IndexFilter {
  std::vector<std::string> splits;
  std::vector<std::string> corpora;
  std::vector<std::string> without_corpora;
};

/// Calls `take` for every message, in a fixed order; `take` returning false ends the reading.
/// `progress(done, total)` counts messages (total 0 when unknown).
void read_labelled_mail(const std::vector<MailSource>& sources, const IndexFilter& filter, std::uint64_t max_bytes,
                        Diagnostics& problems, const std::function<bool(LabelledMail&&)>& take);

}  // namespace winnow
