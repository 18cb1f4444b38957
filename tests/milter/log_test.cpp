#include "milter/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

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

std::atomic<int> g_refusals{0};

/// Standard error is a file that takes `bytes` while it lives, as on a disk that is full then, or more once it has room.
class StderrOnFullDisk {
 public:
  explicit StderrOnFullDisk(rlim_t bytes) : stderr_before_(::dup(STDERR_FILENO)) {
    const int file = ::open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
    g_refusals = 0;
    signal_before_ = ::signal(SIGXFSZ, [](int) { ++g_refusals; });  // comes with each write of which nothing is taken
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &limit_before_), 0);
    const rlimit limit{bytes, limit_before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~StderrOnFullDisk() {
    get_room();
    ::signal(SIGXFSZ, signal_before_);
    ::dup2(stderr_before_, STDERR_FILENO);
    ::close(stderr_before_);
  }
  void get_room() const { (void)::setrlimit(RLIMIT_FSIZE, &limit_before_); }
  std::string text() const { return folder_.read("log"); }

 private:
  const ScratchFolder folder_;
  const int stderr_before_;
  void (*signal_before_)(int) = nullptr;
  rlimit limit_before_{};
};

// They were lost without a word, and what came later was glued to half a line.
TEST(Log, SaysHowManyLinesAFullDiskDidNotTake) {
  const StderrOnFullDisk disk(100);  // two lines and a half
  const auto log = make_log("stderr");
  for (int i = 1; i <= 5; ++i) log->info("line " + std::to_string(i));
  EXPECT_TRUE(poll_until([] { return g_refusals == 3; }));
  disk.get_room();
  log->info("line 6");
  log->close(std::chrono::seconds(20));
  const std::string text = disk.text(), whole = text.substr(0, text.find("line 2") + 7);
  EXPECT_THAT(whole, testing::MatchesRegex("2[^\n]* line 1\n2[^\n]* line 2\n"));
  const std::string later = text.substr(std::min(text.find('\n', 100), text.size()));
  EXPECT_THAT(later, testing::MatchesRegex("\n2[^\n]* log: lines lost=3, they could not be written: File too large\n"
                                           "2[^\n]* line 6\n"))
      << text;
}

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

TEST(Log, NamesItemsOfAListWholeAndHowManyMoreThereAre) {
  EXPECT_EQ(quote_list({"a@x.test", "b@x.test"}), "\"a@x.test,b@x.test\"");
  EXPECT_EQ(quote_list({"a\nb"}), "\"a\\x0ab\"");
  EXPECT_EQ(word_list({"watch", "look"}), "watch,look");
  EXPECT_EQ(word_list({"two words"}), "\"two words\"");
  EXPECT_EQ(word_list({}), "\"\"");
  const std::string item(149, 'x');  // with its comma, ten fit
  std::string ten = item;
  for (int i = 1; i < 10; ++i) ten += "," + item;
  EXPECT_EQ(word_list(std::vector<std::string>(10, item)), ten);
  EXPECT_EQ(word_list(std::vector<std::string>(1000, item)), "\"" + ten + ",+990 more\"");
  const std::string longest(kMaxQuotedAddress, 'x');
  EXPECT_EQ(quote_list({longest, longest + "x"}), "\"" + longest + "," + longest + "...\"");
}

}  // namespace
}  // namespace winnow
