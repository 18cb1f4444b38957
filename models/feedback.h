// feedback.h - what users said of mail that they got, kept in a folder for the next training: FOLDER/spam, FOLDER/ham and
// FOLDER/phishing, one file for each message, as `winnow train --spam FOLDER/spam --ham FOLDER/ham` reads them.
//
// Owns:    nothing; the folder belongs to all who learn.
// Threads: any number of processes; the folder itself is locked while one of them changes it.
// Blocks:  writes one file and waits until it is on disk, and for another process that does.
// Fails:   one sentence in the Status; what was kept before is then as it was.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "engine/status.h"
#include "models/labelled_mail.h"

namespace winnow {

class FeedbackFolder {
 public:
  explicit FeedbackFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Makes what is missing of it, open to its group and to nobody else: it holds people's mail.
  Status prepare() const;

  enum class Kept { New, Known, Moved };  // Moved: it was kept under another label, which the last word replaces
  /// A message is the same when its first 512 KiB are, however its lines end. Whatever it was before, it is now the newest
  /// of its label.
  Status keep(Label label, std::string_view raw, Kept& kept) const;

  /// Removes the oldest messages of a label, by when they were last told of, until `most` are left.
  Status forget_oldest(Label label, std::size_t most) const;

  std::size_t count(Label label) const;

 private:
  std::filesystem::path place_of(Label label) const;

  std::filesystem::path folder_;
};

}  // namespace winnow
