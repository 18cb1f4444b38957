#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/run_tool.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

constexpr const char* kMessage = "Subject: hello\n\nHello!\n";

class CliLearn : public ::testing::Test {
 protected:
  ToolRun learn(std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), "learn");
    arguments.insert(arguments.end(), {"--folder", feedback_});
    return run_tool(arguments, input);
  }

  const ScratchFolder scratch_;
  const std::string feedback_ = (scratch_.path() / "feedback").string();
};

TEST_F(CliLearn, KeepsWhatStandardInputSays) {
  const ToolRun first = learn({"spam"}, kMessage);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out, "spam: 1 new; " + feedback_ + " holds 1 spam, 0 phishing, 0 ham\n");
  const ToolRun second = learn({"ham", "-"}, kMessage);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, "ham: 0 new, 1 that had another label; " + feedback_ + " holds 0 spam, 0 phishing, 1 ham\n");
  EXPECT_THAT(learn({"ham"}, kMessage).out, HasSubstr("0 new, 1 known already;"));
}

TEST_F(CliLearn, KeepsFoldersUpToTheMostThatIsWanted) {
  std::filesystem::create_directory(scratch_.path() / "mail");
  for (int i = 0; i < 5; ++i) scratch_.write("mail/" + std::to_string(i), kMessage + std::to_string(i));
  const ToolRun run = learn({"ham", (scratch_.path() / "mail").string(), "--most", "3"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("ham: 5 new;"));
  EXPECT_THAT(run.out, HasSubstr(" 3 ham\n"));
}

TEST_F(CliLearn, SaysWhenThereIsNoMessage) {
  const ToolRun empty = learn({"spam"}, "");
  EXPECT_EQ(empty.exit_code, 1);
  EXPECT_THAT(empty.err, HasSubstr("standard input: error: there is no message in it"));
  std::filesystem::create_directory(scratch_.path() / "mail");
  const ToolRun nothing = learn({"spam", (scratch_.path() / "mail").string()});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("there is no mail in what was given"));
  const ToolRun missing = learn({"spam", "/nowhere/at/all"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("does not exist"));
}

TEST_F(CliLearn, SaysThatTheFolderCannotBeMade) {
  const ToolRun run =
      run_tool({"learn", "spam", "--folder", scratch_.write("file", "x").string() + "/feedback"}, kMessage);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("Not a directory"));
}

TEST_F(CliLearn, KnowsItsLabels) {
  const ToolRun run = learn({"spm"}, kMessage);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("did you mean 'spam'?"));
}

}  // namespace
}  // namespace winnow
