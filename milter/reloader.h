// reloader.h - builds a new snapshot beside the running one, on a thread of its own, and swaps it in when it is good.
//
// Owns:    its thread, and the snapshots that messages still use, so that none ends on a message's thread: an engine may wait
//          for its threads, a device or a name server. Borrows service and metrics.
// Threads: request() from any thread. Requests that come while one is worked on become one more.
// Blocks:  request() never; the destructor until a reload under way has ended.
// Fails:   on any error the old snapshot stays; the problems go to the log with file:line:column.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/thread_annotations.h"
#include "milter/daemon.h"
#include "milter/mail_service.h"

namespace winnow {

class Reloader {
 public:
  /// `find_fault`: what of the process is broken that a reload does not mend, told at each; "" for nothing.
  Reloader(LoadSnapshot load, MailService& service, Metrics& metrics, std::function<std::string()> find_fault = {});
  ~Reloader();

  void request() EXCLUDES(mutex_);

 private:
  void work();
  bool wait_for_request() EXCLUDES(mutex_);
  void tell_fault();
  void reload();
  void drop_unused();

  const LoadSnapshot load_;
  MailService& service_;
  Metrics& metrics_;
  const std::function<std::string()> find_fault_;  // may be empty
  const Settings started_with_;
  std::vector<std::shared_ptr<const Snapshot>> retired_;  // of the thread
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool requested_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all the others
};

/// Logs each problem as one line; the quoted source line and the caret are left to `winnow check`.
void log_problems(const Diagnostics& problems, Log& log);

}  // namespace winnow
