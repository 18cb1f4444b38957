#include "milter/log.h"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

namespace winnow {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// sd-daemon(3): "<N>" before a line tells the journal its priority.
std::string_view priority_of(spdlog::level::level_enum level) {
  return level >= spdlog::level::err ? "<3>" : level == spdlog::level::warn ? "<4>" : "<6>";
}

class JournalPriority : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view prefix = priority_of(message.level);
    out.append(prefix.data(), prefix.data() + prefix.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournalPriority>(); }
};

/// How much of it went out; errno says why that is not all. Waits for whoever reads standard error.
std::size_t write_to_stderr(std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t step = ::write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (step >= 0) {
      written += static_cast<std::size_t>(step);
    } else if (errno == EAGAIN) {
      pollfd room{STDERR_FILENO, POLLOUT, 0};
      (void)::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      break;
    }
  }
  return written;
}

/// spdlog's own sink for standard error does not look at what became of a line: on a full disk it was gone without a word,
/// but for a half that the next one was glued to. Only the queue's thread calls it.
class StderrSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if ((lost_ > 0 && !tell_what_was_lost(message)) || !put(message)) ++lost_;
  }
  void flush_() override {}

  /// Once there is room again. While there is not, the notice must not count as lost itself.
  bool tell_what_was_lost(const spdlog::details::log_msg& before) {
    const std::string text = "log: lines lost=" + std::to_string(lost_) +
                             ", they could not be written: " + std::generic_category().message(why_);
    if (!put({before.time, {}, before.logger_name, spdlog::level::warn, text})) return false;
    lost_ = 0;
    return true;
  }

  bool put(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    if (torn_) line.push_back('\n');
    formatter_->format(message, line);
    const std::size_t written = write_to_stderr({line.data(), line.size()});
    if (written == line.size()) {
      torn_ = false;
      return true;
    }
    why_ = errno;
    if (written > 0) torn_ = line[written - 1] != '\n';
    return false;
  }

  std::size_t lost_ = 0;
  int why_ = 0;        // the last one was lost
  bool torn_ = false;  // what was written last has no end
};

/// Through a queue of which the oldest lines fall out when it is full.
class SpdLog : public Log {
 public:
  SpdLog(spdlog::sink_ptr sink, std::unique_ptr<spdlog::formatter> formatter)
      : writer_(std::make_shared<spdlog::details::thread_pool>(kMostLines, 1)),
        queue_(writer_),
        logger_(std::make_shared<spdlog::async_logger>("winnow", std::move(sink), writer_,
                                                       spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_formatter(std::move(formatter));
    logger_->flush_on(spdlog::level::trace);
    logger_->set_error_handler([](const std::string&) {});  // there is nowhere left to tell it
  }

  ~SpdLog() override {
    if (closer_.joinable()) closer_.join();
    writer_.reset();
  }

  void write(LogLevel level, const std::string& line) override {
    const auto queue = queue_.lock();  // held, because a logger whose queue has gone throws
    if (queue == nullptr) return;
    tell_what_was_lost(*queue);
    logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
  }

  void close(std::chrono::milliseconds patience) override {
    if (const auto queue = queue_.lock()) tell_what_was_lost(*queue);
    std::promise<void> closed;
    const std::future<void> all_out = closed.get_future();
    // Letting the writer go waits for its lines, for ever where nobody reads them: from now on only that thread touches it.
    try {
      closer_ = std::thread([this, closed = std::move(closed)]() mutable {
        writer_.reset();
        while (!queue_.expired()) std::this_thread::yield();  // a call of write(), or of close(), holds it, too
        closed.set_value();
      });
    } catch (const std::system_error&) {
      return;  // no thread to be had: nobody waits, and what is not written is lost
    }
    (void)all_out.wait_for(patience);
  }

 private:
  /// Once somebody reads again.
  void tell_what_was_lost(spdlog::details::thread_pool& queue) {
    const std::size_t lost = queue.overrun_counter();
    std::size_t told = told_;
    if (lost <= told || queue.queue_size() > kMostLines / 2) return;
    if (told_.compare_exchange_strong(told, lost))
      logger_->warn("log: lines lost={}, nobody took them in time", lost - told);
  }

  std::shared_ptr<spdlog::details::thread_pool> writer_;
  const std::weak_ptr<spdlog::details::thread_pool> queue_;
  std::atomic<std::size_t> told_{0};
  std::thread closer_;
  const std::shared_ptr<spdlog::async_logger> logger_;
};

bool is_word_character(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-_.:/@+,()").find(static_cast<char>(c)) != std::string_view::npos;
}

/// systemd names the stream that it made the journal's, and a child of the daemon may write elsewhere: sd-daemon(3).
bool is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat now {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &now) == 0 &&
         stream == std::to_string(now.st_dev) + ":" + std::to_string(now.st_ino);
}

std::string escaped(std::string_view text, std::size_t max_bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text.substr(0, max_bytes)) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet >= 0x20 && octet < 0x7F) {
      out += c;
    } else {
      out += {'\\', 'x', kHex[octet >> 4], kHex[octet & 15]};
    }
  }
  return text.size() > max_bytes ? out + "..." : out;
}

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item = escaped(items[i], kMaxQuotedAddress);
    if (i > 0 && out.size() + 1 + item.size() > kMaxListBytes)
      return out + ",+" + std::to_string(items.size() - i) + " more";
    out += (i > 0 ? "," : "") + item;
  }
  return out;
}

}  // namespace

std::string for_stderr(LogLevel level, const std::string& lines) {
  if (!is_journal()) return lines;
  std::string out;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size() - 1) + 1;
    out.append(priority_of(level_of(level))).append(lines, at, end - at);
    at = end;
  }
  return out;
}

std::unique_ptr<Log> make_log(const std::string& to) {
  if (to == "syslog") {
    auto sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("winnow-milter", LOG_PID, LOG_MAIL, false);
    return std::make_unique<SpdLog>(sink, std::make_unique<spdlog::pattern_formatter>("%v"));
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  if (to == "auto" && is_journal()) {  // which adds the time itself
    formatter->add_flag<JournalPriority>('*').set_pattern("%*%v");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %v");
  }
  return std::make_unique<SpdLog>(std::make_shared<StderrSink>(), std::move(formatter));
}

std::string quote(std::string_view text, std::size_t max_bytes) { return "\"" + escaped(text, max_bytes) + "\""; }

std::string word(std::string_view text) {
  const bool plain =
      !text.empty() && text.size() <= kMaxQuoted && std::all_of(text.begin(), text.end(), is_word_character);
  return plain ? std::string(text) : quote(text);
}

std::string quote_list(const std::vector<std::string>& items) { return "\"" + listed(items) + "\""; }

std::string word_list(const std::vector<std::string>& items) {
  const std::string list = listed(items);
  const bool plain = !list.empty() && std::all_of(list.begin(), list.end(), is_word_character);
  return plain ? list : "\"" + list + "\"";
}

}  // namespace winnow
