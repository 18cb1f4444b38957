// replay_report.h - what became of a mailbox by today's rules and by others: counted, and shown as text or JSON.
//
// Owns:    plain values; of the changes no more than asked for are kept, so memory does not grow with the mailbox.
// Fails:   never; JSON is ASCII only.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rules/decision.h"

namespace winnow {

struct ReplayedMail {
  std::string file;
  double probability = 0;
  Decision today;
  Decision then;  // by the other rules; not looked at when there are none
};

class ReplayReport {
 public:
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  /// At most `max_changes` changes are kept; all are counted.
  enum class Rules { TodaysOnly, TodaysAndOthers };
  ReplayReport(Rules rules, std::size_t max_changes) : rules_(rules), max_changes_(max_changes) {}

  void add(ReplayedMail mail);
  void add_failed() { ++failed_; }
  std::size_t failed() const { return failed_; }

  /// Verdicts today by verdicts then, the changes, and a summary in the last line.
  std::string text() const;

  /// One object: judged, failed, today {verdict: count}; with other rules then, verdicts, changed, other_actions, changes.
  std::string json() const;

 private:
  std::string verdict_table() const;
  std::string change_table() const;
  std::string summary() const;

  const Rules rules_;
  const std::size_t max_changes_;
  std::size_t judged_ = 0, failed_ = 0, changed_ = 0;
  std::size_t other_actions_ = 0;                                // the same verdict, but something else goes with it
  std::map<std::pair<Verdict, Verdict>, std::size_t> verdicts_;  // today, then
  std::vector<ReplayedMail> changes_;
};

/// "1,234"
std::string grouped_number(std::size_t number);

}  // namespace winnow
