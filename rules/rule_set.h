// rule_set.h - the site's rules: loaded and checked once, then evaluated for every message.
//
// Owns:    a RuleSet owns everything it needs; it keeps no file open.
// Threads: immutable; every method from any thread at once.
// Blocks:  load_rules reads the files; the others never block.
// Fails:   load_rules reports every problem of every file and then returns null; decide() cannot fail.
//
// Order, the only one there is: for each recipient the rules of its overrides, the most specific override first; then
// files in the order of the settings (a folder's by name, an included file before the one that includes it), rules top
// to bottom. The first rule whose `when` holds and whose `unless` does not decides, unless it says `continue: true`:
// then its actions are kept and evaluation goes on. At last the recipient's ceiling makes the verdict milder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "rules/decision.h"
#include "rules/facts.h"
#include "rules/policy.h"

namespace winnow {

enum class OnDisagreement { Mildest, Strictest };

struct RuleSetInfo {
  Thresholds thresholds;         // without overrides
  std::size_t rules = 0;         // all
  std::size_t common_rules = 0;  // those that stand in no override
  std::size_t overrides = 0;
  bool asks_for_size = false;                // of the message: it must be counted to its end
  std::vector<std::string> removed_headers;  // names that a remove_header has, each once
  std::vector<std::filesystem::path> files;
};

class RuleSet {
 public:
  virtual ~RuleSet() = default;

  /// The decision for one recipient (an index into facts.recipients; none when there are no recipients: index 0).
  /// `trials`, when not null, gets one entry per rule that was tried.
  virtual Decision decide_for(const Facts& facts, std::size_t recipient, std::vector<RuleTrial>* trials) const = 0;

  /// What is done with the message, and for each recipient. Recipients whose mail is only discarded or sent elsewhere do
  /// not keep the others from theirs; what must be the same for all follows the file's on_disagreement.
  virtual MessageDecision decide(const Facts& facts) const = 0;

  /// What holds for mail from `sender` (envelope) to `recipient`, and where each value was written.
  virtual Policy policy_for(std::string_view recipient, std::string_view sender) const = 0;

  /// The same rules with other thresholds where no override sets its own.
  virtual std::shared_ptr<const RuleSet> with_thresholds(const Thresholds& thresholds) const = 0;

  virtual const RuleSetInfo& info() const = 0;
};

/// Reads the files and folders named in the settings. A folder that does not exist is empty, with a warning unless it is
/// a rules.d; a file that does not is an error. What does not exist was meant as a file when it has an extension, not ".d".
std::shared_ptr<const RuleSet> load_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems,
                                          const FeatureNames& features = {});

/// The same for paths that are named for one run: what does not exist is an error.
std::shared_ptr<const RuleSet> load_named_rules(const std::vector<std::filesystem::path>& paths, Diagnostics& problems,
                                                const FeatureNames& features = {});

}  // namespace winnow
