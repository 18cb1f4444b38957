#include "milter/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
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

/// Standard error is a pipe of one page while it lives.
class StderrPipe {
 public:
  StderrPipe() : before_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::fcntl(ends_[1], F_SETPIPE_SZ, 4096);
    ::dup2(ends_[1], STDERR_FILENO);
    ::close(ends_[1]);
  }
  ~StderrPipe() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(ends_[0]);
  }
  /// Reads on until `text` has come, or the end.
  bool read_to(const std::string& text) {
    std::array<char, 4096> block;
    while (read_.find(text) == std::string::npos) {
      const ssize_t got = ::read(ends_[0], block.data(), block.size());
      if (got <= 0) return false;
      read_.append(block.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

 private:
  const int before_;
  std::array<int, 2> ends_{};
  std::string read_;
};

TEST(Log, KeepsNobodyWaitingWhoseLinesAreNotRead) {
  StderrPipe pipe;
  const auto log = make_log("stderr");
  for (std::size_t i = 0; i <= 2 * kMostLines; ++i) log->info("line " + std::to_string(i) + ".");
  EXPECT_TRUE(pipe.read_to(" line " + std::to_string(2 * kMostLines) + ".\n"));
}

TEST(Log, SaysHowManyLinesWereLost) {
  StderrPipe pipe;
  const auto log = make_log("stderr");
  for (std::size_t i = 0; i <= 2 * kMostLines; ++i) log->info("line " + std::to_string(i) + ".");
  ASSERT_TRUE(pipe.read_to(" line " + std::to_string(2 * kMostLines) + ".\n"));
  log->info("more");
  EXPECT_TRUE(pipe.read_to("lines lost="));
}

TEST(Log, IsClosedInTimeThoughNobodyReads) {
  StderrPipe pipe;
  const auto log = make_log("stderr");
  for (int i = 0; i < 1000; ++i) log->info("a line that fills the pipe, which holds one page, with others of its kind");
  log->info("the last");
  log->close(std::chrono::milliseconds(1));
  EXPECT_TRUE(pipe.read_to("the last"));  // still to come
}

// A reload that ended while the daemon stopped ended it by an exception.
TEST(Log, LosesWhatIsWrittenAfterItWasClosed) {
  StderrPipe pipe;
  const auto log = make_log("stderr");
  log->info("in time");
  log->close(std::chrono::seconds(20));
  EXPECT_NO_THROW(log->info("too late"));
  EXPECT_TRUE(pipe.read_to("in time"));
}

TEST(Log, LeavesTheTimeToTheJournal) { EXPECT_EQ(line_with_stream(""), "<6>ready\n"); }

TEST(Log, TellsTheJournalThePriorityOfEachLineFromBeforeThereIsALog) {
  testing::internal::CaptureStderr();
  struct stat now {};
  ASSERT_EQ(::fstat(STDERR_FILENO, &now), 0);
  ::setenv("JOURNAL_STREAM", (std::to_string(now.st_dev) + ":" + std::to_string(now.st_ino)).c_str(), 1);
  const std::string errors = for_stderr(LogLevel::Error, "a\n  b\nc"), warning = for_stderr(LogLevel::Warning, "a\n");
  const std::string nothing = for_stderr(LogLevel::Error, "");
  ::unsetenv("JOURNAL_STREAM");
  const std::string elsewhere = for_stderr(LogLevel::Error, "a\nb\n");
  (void)testing::internal::GetCapturedStderr();
  EXPECT_EQ(errors, "<3>a\n<3>  b\n<3>c");
  EXPECT_EQ(warning, "<4>a\n");
  EXPECT_EQ(nothing, "");
  EXPECT_EQ(elsewhere, "a\nb\n");
}

TEST(Log, WritesTheTimeWhereStderrIsNotTheJournalThatTheVariableNames) {
  const std::string line = line_with_stream("1:1");
  EXPECT_TRUE(line.starts_with("2")) << line;
  EXPECT_TRUE(line.ends_with(" ready\n")) << line;
}

}  // namespace
}  // namespace winnow
