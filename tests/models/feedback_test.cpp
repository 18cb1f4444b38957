#include "models/feedback.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "models/train.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using Kept = FeedbackFolder::Kept;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kOne = "Subject: one\n\nfirst\n";

class Feedback : public ::testing::Test {
 protected:
  Feedback() { EXPECT_TRUE(folder_.prepare()); }

  Kept keep(Label label, const std::string& raw) const {
    Kept kept{};
    const Status status = folder_.keep(label, raw, kept);
    EXPECT_TRUE(status) << status.error();
    return kept;
  }

  std::vector<std::string> messages(const char* label) const {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(place_ / label)) {
      std::ifstream file(entry.path());
      std::ostringstream text;
      text << file.rdbuf();
      texts.push_back(text.str());
    }
    return texts;
  }

  void make_older(const char* label, const std::string& text, std::chrono::hours age) const {
    for (const auto& entry : std::filesystem::directory_iterator(place_ / label)) {
      std::ifstream file(entry.path());
      std::string found((std::istreambuf_iterator<char>(file)), {});
      if (found == text) std::filesystem::last_write_time(entry, std::filesystem::last_write_time(entry) - age);
    }
  }

  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 07777u;
  }

  test::TempFolder temp_;
  const std::filesystem::path place_ = temp_.path() / "feedback";
  const FeedbackFolder folder_{place_};
};

TEST_F(Feedback, KeepsAMessageOnceUnderItsLabel) {
  EXPECT_EQ(keep(Label::Spam, kOne), Kept::New);
  EXPECT_EQ(keep(Label::Spam, kOne), Kept::Known);
  EXPECT_THAT(messages("spam"), ElementsAre(kOne));
  EXPECT_EQ(folder_.count(Label::Spam), 1u);
  EXPECT_EQ(folder_.count(Label::Ham), 0u);
}

TEST_F(Feedback, BelievesTheLastWordOnAMessage) {
  keep(Label::Spam, kOne);
  EXPECT_EQ(keep(Label::Ham, kOne), Kept::Moved);
  EXPECT_THAT(messages("spam"), ElementsAre());
  EXPECT_THAT(messages("ham"), ElementsAre(kOne));
  EXPECT_EQ(keep(Label::Phishing, kOne), Kept::Moved);
  EXPECT_THAT(messages("phishing"), ElementsAre(kOne));
}

/// A Maildir was learnt as ham, and the same mail piped with CRLF as spam: it was kept as both.
TEST_F(Feedback, KnowsAMessageWhateverItsLineEnds) {
  keep(Label::Ham, kOne);
  EXPECT_EQ(keep(Label::Ham, "Subject: one\r\n\r\nfirst\r\n"), Kept::Known);
  EXPECT_EQ(keep(Label::Spam, "Subject: one\r\n\r\nfirst\r\n"), Kept::Moved);
  EXPECT_EQ(folder_.count(Label::Spam), 1u);
  EXPECT_EQ(folder_.count(Label::Ham), 0u);
}

TEST_F(Feedback, KnowsALongMessageThatWasCutWhereItWasRead) {
  const std::size_t read = TrainOptions{}.max_scan_bytes;
  std::string lf = "Subject: one\n\n", crlf = "Subject: one\r\n\r\n";
  for (std::size_t line = 0; lf.size() < read + 1000; ++line) {
    const std::string text = std::to_string(line % 1000);
    lf += text + "\n";
    crlf += text + "\r\n";
  }
  keep(Label::Ham, lf.substr(0, read));
  EXPECT_EQ(keep(Label::Spam, crlf.substr(0, read)), Kept::Moved);
}

TEST_F(Feedback, ForgetsTheOldestOfALabelAlone) {
  for (const char* text : {"a", "b", "c"}) keep(Label::Spam, text);
  keep(Label::Ham, "old ham");
  make_older("spam", "b", std::chrono::hours(2));
  make_older("spam", "c", std::chrono::hours(1));
  make_older("ham", "old ham", std::chrono::hours(9));
  ASSERT_TRUE(folder_.forget_oldest(Label::Spam, 2));
  EXPECT_THAT(messages("spam"), ::testing::UnorderedElementsAre("a", "c"));
  ASSERT_TRUE(folder_.forget_oldest(Label::Spam, 2)) << "and nothing more";
  EXPECT_EQ(folder_.count(Label::Spam), 2u);
  EXPECT_EQ(folder_.count(Label::Ham), 1u);
}

/// The correction of an old mistake was the first to be forgotten: it had kept the time of the mistake.
TEST_F(Feedback, ForgetsWhatWasToldLastAfterAllOthers) {
  for (const char* text : {"a", "b"}) keep(Label::Ham, text);
  keep(Label::Spam, kOne);
  make_older("ham", "a", std::chrono::hours(1));
  make_older("ham", "b", std::chrono::hours(2));
  make_older("spam", kOne, std::chrono::hours(9));
  EXPECT_EQ(keep(Label::Ham, kOne), Kept::Moved);
  ASSERT_TRUE(folder_.forget_oldest(Label::Ham, 2));
  EXPECT_THAT(messages("ham"), ::testing::UnorderedElementsAre("a", kOne));
  make_older("ham", "a", std::chrono::hours(1));
  make_older("ham", kOne, std::chrono::hours(1));
  EXPECT_EQ(keep(Label::Ham, "a"), Kept::Known);
  ASSERT_TRUE(folder_.forget_oldest(Label::Ham, 1));
  EXPECT_THAT(messages("ham"), ElementsAre("a"));
}

/// Users whose processes share only the group: who may not set a file's time writes it anew.
TEST_F(Feedback, LetsAnotherUserOfTheGroupHaveTheLastWord) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, who can become somebody else";
  keep(Label::Ham, "a");
  keep(Label::Spam, kOne);
  make_older("ham", "a", std::chrono::hours(1));
  make_older("spam", kOne, std::chrono::hours(9));
  ASSERT_EQ(::chmod(temp_.path().c_str(), 0711), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool other = ::setgroups(0, nullptr) == 0 && ::setuid(65534) == 0;
    ::_exit(other && keep(Label::Ham, kOne) == Kept::Moved ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(folder_.forget_oldest(Label::Ham, 1));
  EXPECT_THAT(messages("ham"), ElementsAre(kOne));
}

/// A mail server's processes may run with umask 077, and another user trains.
TEST_F(Feedback, IsForItsGroupAndNobodyElse) {
  const mode_t before = ::umask(0077);
  const std::filesystem::path place = temp_.path() / "under-077";
  const FeedbackFolder folder(place);
  Kept kept{};
  EXPECT_TRUE(folder.prepare());
  EXPECT_TRUE(folder.keep(Label::Ham, kOne, kept));
  ::umask(before);
  EXPECT_EQ(mode_of(place), 02770u);
  EXPECT_EQ(mode_of(place / "ham"), 02770u);
  for (const auto& entry : std::filesystem::directory_iterator(place / "ham")) EXPECT_EQ(mode_of(entry.path()), 0640u);
}

TEST_F(Feedback, LeavesAloneHowTheAdministratorMadeTheFolder) {
  ASSERT_EQ(::chmod(place_.c_str(), 0700), 0);
  EXPECT_TRUE(folder_.prepare());
  EXPECT_EQ(mode_of(place_), 0700u);
}

TEST_F(Feedback, SaysWhyAFolderCannotBeMade) {
  const FeedbackFolder below_a_file(temp_.write("file", "x") / "feedback");
  EXPECT_THAT(below_a_file.prepare().error(), HasSubstr("Not a directory"));
  const auto file = temp_.write("mail", "x");
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  EXPECT_THAT(FeedbackFolder(file).prepare().error(), HasSubstr("File exists"));
  EXPECT_EQ(mode_of(file), 0600u) << "and it was opened to its group";
  Kept kept{};
  EXPECT_THAT(FeedbackFolder(temp_.path() / "none").keep(Label::Spam, kOne, kept).error(), HasSubstr("No such file"));
}

/// Two users who disagree about one message at a time must not lose it.
TEST_F(Feedback, LosesNoMessageWhenLabelsAreToldAtOnce) {
  std::vector<std::thread> users;
  for (const Label label : {Label::Spam, Label::Ham, Label::Phishing, Label::Spam}) {
    users.emplace_back([this, label] {
      for (int round = 0; round < 50; ++round) keep(label, kOne);
    });
  }
  for (std::thread& user : users) user.join();
  EXPECT_EQ(folder_.count(Label::Spam) + folder_.count(Label::Ham) + folder_.count(Label::Phishing), 1u);
}

}  // namespace
}  // namespace winnow
