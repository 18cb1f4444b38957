// rule_test_file.h - a file of the site's own tests of its rules: facts or mail in, the expected decision out.
//
// Owns:    plain values.
// Threads: a RuleTestFile is immutable after reading.
// Blocks:  read_rule_test_file reads one file; the rules and the mail it names are not opened.
// Fails:   every problem of the file is reported at its place; the result is then nullopt.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "rules/decision.h"
#include "rules/given_facts.h"

namespace winnow {

struct ExpectedRecipient {
  std::string address;  // one of the recipients, of the facts or of the mail
  Verdict verdict = Verdict::Accept;
};

/// What is not set is not looked at; something is.
struct ExpectedDecision {
  std::optional<Verdict> verdict;
  std::optional<std::string> rule;                    // "": no rule decided
  std::optional<std::vector<std::string>> actions;    // their names, in order
  std::optional<std::vector<std::string>> monitored;  // ids of rules, in order
  std::optional<bool> disagreement;
  std::vector<ExpectedRecipient> recipients;
};

struct RuleTest {
  std::string name;   // unique in its file
  std::string place;  // "tests.yaml:12"
  GivenFacts facts;
  std::optional<std::filesystem::path> mail;  // what its facts are laid over
  ExpectedDecision expected;

  /// It has mail, and no facts that say how likely that is spam.
  bool needs_model() const { return mail && !facts.has(Fact::Spam); }
};

struct RuleTestFile {
  std::filesystem::path file;
  std::vector<std::filesystem::path> rules;  // files and folders; none: the site's
  std::vector<RuleTest> tests;               // at least one
};

/// Relative paths in the file are relative to it.
std::optional<RuleTestFile> read_rule_test_file(const std::filesystem::path& file, Diagnostics& problems,
                                                const FeatureNames& features = {});

/// The same for text in memory; `file` names it in messages.
std::optional<RuleTestFile> read_rule_test_text(const std::filesystem::path& file, std::string text,
                                                Diagnostics& problems, const FeatureNames& features = {});

}  // namespace winnow
