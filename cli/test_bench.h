// test_bench.h - what tests of rules run with: the rules, the settings and the model, each loaded only when a test asks.
//
// Owns:    what it has loaded.
// Threads: one thread.
// Blocks:  reads files; loads the model; judges mail.
// Fails:   load() puts every problem into Diagnostics; a mail that cannot be read or judged is an error of its test.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/snapshot_options.h"
#include "rules/rule_test.h"

namespace winnow {

class TestBench {
 public:
  explicit TestBench(SnapshotOptions options) : options_(std::move(options)) {}

  /// Loads what these tests need. False when there were problems; nothing can be run then.
  bool load(const std::vector<RuleTestFile>& files, Diagnostics& problems);

  /// Runs the tests of one of these files, in order.
  std::vector<RuleTestResult> run(const RuleTestFile& file) const;

 private:
  using Paths = std::vector<std::filesystem::path>;
  const Paths& rules_of(const RuleTestFile& file) const;
  std::optional<Facts> facts_of_mail(const RuleTest& test, const Snapshot& snapshot, std::string& error) const;

  const SnapshotOptions options_;
  Settings settings_;
  std::map<Paths, std::shared_ptr<const RuleSet>> rules_;
  std::shared_ptr<Engine> engine_;  // null when no test needs one
};

}  // namespace winnow
