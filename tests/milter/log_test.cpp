#include "milter/log.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace winnow {
namespace {

/// What a line looks like when JOURNAL_STREAM names this stream; "" is the one that it really goes to.
std::string line_with_stream(std::string stream) {
  testing::internal::CaptureStderr();
  struct stat now {};
  EXPECT_EQ(::fstat(STDERR_FILENO, &now), 0);
  if (stream.empty()) stream = std::to_string(now.st_dev) + ":" + std::to_string(now.st_ino);
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  make_log("auto")->info("ready");
  ::unsetenv("JOURNAL_STREAM");
  return testing::internal::GetCapturedStderr();
}

TEST(Log, LeavesTheTimeToTheJournal) { EXPECT_EQ(line_with_stream(""), "<6>ready\n"); }

TEST(Log, WritesTheTimeWhereStderrIsNotTheJournalThatTheVariableNames) {
  const std::string line = line_with_stream("1:1");
  EXPECT_TRUE(line.starts_with("2")) << line;
  EXPECT_TRUE(line.ends_with(" ready\n")) << line;
}

}  // namespace
}  // namespace winnow
