// log.h - where the daemon's lines go: journal, stderr or syslog, one line each.
//
// Owns:    its sink, and the thread that writes to it.
// Threads: write() from any thread.
// Blocks:  never, but for close(), and at its end until all lines are out: mail does not wait for whoever reads the log.
// Fails:   never; a line that cannot be written is lost, and so are the oldest of more than kMostLines that nobody takes. A later
//          line says how many; of what syslog did not take nobody is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

inline constexpr std::size_t kMostLines = 8192;  // waiting

enum class LogLevel { Info, Warning, Error };

class Log {
 public:
  virtual ~Log() = default;
  /// `line` without line end. Text from mail goes through quote() first.
  virtual void write(LogLevel level, const std::string& line) = 0;
  /// The last call: returns when all lines are out, or `patience` has passed. What is written later is lost.
  virtual void close(std::chrono::milliseconds /*patience*/) {}

  void info(const std::string& line) { write(LogLevel::Info, line); }
  void warning(const std::string& line) { write(LogLevel::Warning, line); }
  void error(const std::string& line) { write(LogLevel::Error, line); }
};

/// Lines for stderr from before there is a Log, each with its priority where that is the journal.
std::string for_stderr(LogLevel level, const std::string& lines);

/// `to` as in settings: auto (stderr; with <N> priorities when that is the journal), stderr, syslog.
std::unique_ptr<Log> make_log(const std::string& to);

inline constexpr std::size_t kMaxQuoted = 120;
inline constexpr std::size_t kMaxQuotedAddress = 320;  // RFC 5321 4.5.3.1: 64 before the "@", 255 behind it
// What is written of a list. Three lists and all else of a message's line stay below the 8 KiB that rsyslog takes.
inline constexpr std::size_t kMaxListBytes = 1500;

/// Text that came from outside, safe for one line: in quotes, cut, everything but printable ASCII as \xNN.
std::string quote(std::string_view text, std::size_t max_bytes = kMaxQuoted);
/// The same for what is a plain word nearly always: quotes only where they are needed.
std::string word(std::string_view text);
/// Several, with commas between, in one pair of quotes: each whole (up to kMaxQuotedAddress), and after the last of them that
/// kMaxListBytes hold "+N more".
std::string quote_list(const std::vector<std::string>& items);
/// The same with quotes only where they are needed.
std::string word_list(const std::vector<std::string>& items);

}  // namespace winnow
