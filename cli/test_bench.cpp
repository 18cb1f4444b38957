#include "cli/test_bench.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/judgement_text.h"
#include "cli/mailbox_envelope.h"
#include "engine/features/features.h"
#include "milter/judge.h"

namespace winnow {
namespace {

constexpr std::chrono::seconds kPatience{60};

bool needs_model(const RuleTestFile& file) {
  return std::any_of(file.tests.begin(), file.tests.end(), [](const RuleTest& test) { return test.needs_model(); });
}

/// For tests that bring all they need: they give the same result on every machine, whatever is installed there.
Settings self_contained_settings(const SnapshotOptions& options) {
  Settings settings = default_settings(std::filesystem::current_path());
  if (!options.rules.empty()) settings.rules = {options.rules};
  if (!options.model.empty()) settings.engine.model = options.model;
  return settings;
}

/// What is known of a mail without a model.
Judgement read_only(const MailInput& input, const Settings& settings) {
  constexpr std::size_t kAnyTableSize = 2;  // dense features do not depend on it
  ReadOptions options;
  options.trusted_authserv_ids = settings.milter.trusted_authserv_ids;
  Judgement judgement;
  judgement.message = read_message(input, options);
  judgement.gtube = contains_gtube(judgement.message);
  judgement.dense = FeatureExtractor(kAnyTableSize).extract(judgement.message).dense;
  return judgement;
}

}  // namespace

bool TestBench::load(const std::vector<RuleTestFile>& files, Diagnostics& problems) {
  const bool with_model = std::any_of(files.begin(), files.end(), needs_model);
  const bool with_own_rules = !options_.rules.empty() || std::none_of(files.begin(), files.end(), [](const auto& file) {
    return file.rules.empty();
  });
  const bool needs_settings = !options_.config.empty() || !with_own_rules || (with_model && options_.model.empty());
  auto settings = needs_settings ? load_chosen_settings(options_, problems) : self_contained_settings(options_);
  if (settings) {
    settings_ = std::move(*settings);
    if (with_model) engine_ = make_engine(settings_.engine, problems);
  }
  for (const RuleTestFile& file : files) {
    const Paths& paths = rules_of(file);
    if (rules_.count(paths) > 0) continue;
    const bool are_of_settings = options_.rules.empty() && file.rules.empty();
    rules_[paths] = are_of_settings ? load_rules(paths, problems, feature_names())
                                    : load_named_rules(paths, problems, feature_names());
  }
  return !problems.has_errors();
}

const TestBench::Paths& TestBench::rules_of(const RuleTestFile& file) const {
  return options_.rules.empty() && !file.rules.empty() ? file.rules : settings_.rules;
}

std::vector<RuleTestResult> TestBench::run(const RuleTestFile& file) const {
  const Snapshot snapshot{settings_, {}, rules_.at(rules_of(file)), engine_, {}};
  std::vector<RuleTestResult> results;
  for (const RuleTest& test : file.tests) {
    results.push_back(run_rule_test(test, *snapshot.rules, [&](const RuleTest& of, std::string& error) {
      return facts_of_mail(of, snapshot, error);
    }));
  }
  return results;
}

std::optional<Facts> TestBench::facts_of_mail(const RuleTest& test, const Snapshot& snapshot,
                                              std::string& error) const {
  auto input = read_mail_file(*test.mail, settings_.milter.max_scan_bytes, error);
  if (!input) return std::nullopt;
  input->envelope = envelope_of_delivered(*input);
  const Judgement judgement = test.needs_model()
                                  ? judge(snapshot, *input, {std::chrono::steady_clock::now() + kPatience, {}})
                                  : read_only(*input, settings_);
  if (judgement.fallback) {
    error = test.mail->string() + ": no probability: " + failure_text(judgement);
    return std::nullopt;
  }
  return facts_of(judgement.message, judgement);
}

}  // namespace winnow
