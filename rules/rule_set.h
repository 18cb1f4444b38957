// rule_set.h - the site's rules: loaded and checked once, then evaluated for every message.
//
// Owns:    a RuleSet owns everything it needs; it keeps no file open.
// Threads: immutable; decide() from any thread at once.
// Blocks:  load_rules reads the files; decide() never blocks.
// Fails:   load_rules reports every problem of every file and then returns null; decide() cannot fail.
//
// Order, the only one there is: files in the order of the settings (a folder's by name), rules top to bottom; the first
// rule whose `when` holds and whose `unless` does not decides, unless it says `continue: true`: then its actions are kept
// and evaluation goes on.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "rules/decision.h"
#include "rules/facts.h"

namespace winnow {

enum class OnDisagreement { Mildest, Strictest };

struct RuleSetInfo {
  double junk_threshold = 0.9;  // 0..1
  double flag_threshold = 0.5;
  std::size_t rules = 0;
  std::vector<std::filesystem::path> files;
};

class RuleSet {
 public:
  virtual ~RuleSet() = default;

  /// The decision for one recipient (an index into facts.recipients; none when there are no recipients: index 0).
  /// `trials`, when not null, gets one entry per rule that was tried.
  virtual Decision decide_for(const Facts& facts, std::size_t recipient, std::vector<RuleTrial>* trials) const = 0;

  /// The decision for the message: decide_for every recipient, joined by the file's on_disagreement.
  virtual Decision decide(const Facts& facts) const = 0;

  virtual const RuleSetInfo& info() const = 0;
};

/// Reads the files and folders named in the settings. A folder that does not exist is empty; a file that does not is
/// an error.
std::shared_ptr<const RuleSet> load_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems);

}  // namespace winnow
