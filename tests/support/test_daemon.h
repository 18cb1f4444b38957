// test_daemon.h - a real daemon in a child process: real libmilter, real rules, a fake engine.
//
// Owns:    the child; the destructor stops it. libmilter's state is the process's, so a server needs a process.
// Threads: one thread; the test must have no other threads when it makes one (it forks).
// Blocks:  the constructor until the daemon says that it is ready, with a limit.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "milter/milter_client.h"
#include "milter/snapshot.h"
#include "tests/support/fake_engine.h"
#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

namespace winnow {

class TestDaemon {
 public:
  /// `adjust` changes the settings before the start. The rules are the shipped ones unless write_rules() comes first.
  explicit TestDaemon(std::function<void(Settings&)> adjust = {}, const std::string& rules = "");
  ~TestDaemon();
  TestDaemon(const TestDaemon&) = delete;
  TestDaemon& operator=(const TestDaemon&) = delete;

  bool alive() const;
  /// As the daemon says it: with the real port of an inet socket.
  std::string socket() const { return ready_word("socket="); }
  std::string metrics() const { return ready_word("metrics="); }
  std::string log() const { return folder_.read("log"); }
  /// Waits for it: the daemon keeps nobody waiting for its log.
  bool log_has(const std::string& text) const {
    return poll_until([&] { return log().find(text) != std::string::npos; }, std::chrono::seconds(20));
  }
  FakeControl& control() { return *control_; }
  const ScratchFolder& folder() const { return folder_; }

  void write_rules(const std::string& text) const { folder_.write("rules.yaml", text); }
  void signal(int number) const;
  /// The exit code; -1 when it did not end by itself in time, 1000 + N when signal N ended it.
  int wait_for_exit();

  /// A connected client; null fails the test that uses it.
  std::unique_ptr<MilterClient> client(const MilterClientOptions& options = {}) const;

 private:
  [[noreturn]] void run_child(const Settings& settings) const;
  std::string ready_word(const std::string& key) const;

  ScratchFolder folder_;
  FakeControl* control_;
  pid_t child_ = -1;
};

/// An invented mail from an unauthenticated client.
MilterMail test_mail(const std::string& subject = "Minutes of the meeting");

}  // namespace winnow
