// small_model.h - invented mail of both kinds and a small model trained on it by `winnow train`.
//
// Blocks:  for the training, a few seconds.
// Fails:   run.exit_code tells; the tests check it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/run_tool.h"
#include "tests/support/scratch_folder.h"

namespace winnow {

std::string invented_ham(int number);
std::string invented_spam(int number);

/// Writes 30 messages of each kind into folder/ham and folder/spam.
void write_invented_mail(const std::filesystem::path& folder);

/// `winnow train` with a small table on such a folder; `more` goes behind.
ToolRun train_small_model(const std::filesystem::path& folder, const std::filesystem::path& output,
                          const std::vector<std::string>& more = {});

/// A folder with model.pt, rules.yaml and winnow.yaml that name each other.
class SmallInstallation {
 public:
  SmallInstallation();
  std::string config() const { return (folder_.path() / "winnow.yaml").string(); }
  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  const ScratchFolder& folder() const { return folder_; }
  const ToolRun& training() const { return training_; }

 private:
  ScratchFolder folder_;
  ToolRun training_;
};

}  // namespace winnow
