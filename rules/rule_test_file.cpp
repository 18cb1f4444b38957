#include "rules/rule_test_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/yaml_node.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

const std::vector<std::string> kFileKeys{"version", "rules", "tests"};
const std::vector<std::string> kTestKeys{"name", "facts", "mail", "expect"};
const std::vector<std::string> kExpectKeys{"verdict", "rule", "actions", "monitored", "disagreement", "recipients"};

std::vector<std::string> verdict_names() {
  std::vector<std::string> names;
  for (auto verdict = Verdict::Accept; verdict <= Verdict::Discard;
       verdict = static_cast<Verdict>(static_cast<int>(verdict) + 1)) {
    names.emplace_back(verdict_name(verdict));
  }
  return names;
}

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kActionKinds; ++i) names.emplace_back(action_name(static_cast<ActionKind>(i)));
  return names;
}

std::string list_hint(const YamlNode& node) {
  return node.kind == YamlNode::Kind::Scalar ? "write [" + node.scalar + "]" : "";
}

/// `expect:` of one test.
class ExpectationReader {
 public:
  ExpectationReader(const RuleTest& test, Diagnostics& problems) : test_(test), problems_(problems) {}

  ExpectedDecision read(const YamlNode& node) {
    if (!require_mapping(node, "expect", problems_)) return {};
    refuse_unknown_keys(node, kExpectKeys, "in expect", problems_);
    if (node.entries.empty()) problems_.error(node.where, "expect names nothing", "write expect: {verdict: junk}");
    for (const YamlNode::Entry& entry : node.entries) read_key(entry.key, entry.value);
    return std::move(expected_);
  }

 private:
  void read_key(const std::string& key, const YamlNode& value) {
    if (key == "verdict") expected_.verdict = read_verdict(value, key);
    if (key == "rule") read_rule(value);
    if (key == "actions") read_actions(value);
    if (key == "monitored") expected_.monitored = read_names(value, key);
    if (key == "disagreement") read_disagreement(value);
    if (key == "recipients") read_recipients(value);
  }

  std::optional<Verdict> read_verdict(const YamlNode& node, std::string_view name) {
    const std::vector<std::string> names = verdict_names();
    const auto choice = require_one_of(node, name, names, problems_);
    return choice ? verdict_named(names[*choice]) : std::nullopt;
  }

  void read_rule(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::Scalar) {
      expected_.rule = node.scalar;
    } else {
      problems_.error(node.where, "rule must be the id of a rule, got " + describe_found(node),
                      node.kind == YamlNode::Kind::Null ? "write \"\" when no rule decides" : "");
    }
  }

  std::vector<std::string> read_names(const YamlNode& node, const std::string& key) {
    std::vector<std::string> names;
    if (!require_sequence(node, key, list_hint(node), problems_)) return names;
    for (const YamlNode& item : node.items) {
      if (const std::string* name = require_text(item, "an element of " + key, problems_)) names.push_back(*name);
    }
    return names;
  }

  void read_actions(const YamlNode& node) {
    expected_.actions = read_names(node, "actions");
    const std::vector<std::string> known = action_names();
    for (const YamlNode& item : node.items) {
      const bool is_known = std::find(known.begin(), known.end(), item.scalar) != known.end();
      if (is_known || item.kind != YamlNode::Kind::Scalar || item.scalar.empty()) continue;
      problems_.error(item.where, "unknown action " + quoted_for_message(item.scalar),
                      did_you_mean(item.scalar, known));
    }
  }

  void read_disagreement(const YamlNode& node) {
    const auto choice = require_one_of(node, "disagreement", {"false", "true"}, problems_);
    if (choice) expected_.disagreement = *choice == 1;
  }

  void read_recipients(const YamlNode& node) {
    if (!require_mapping(node, "recipients", problems_)) return;
    if (node.entries.empty()) problems_.error(node.where, "recipients names nobody", "write {user@example.org: junk}");
    for (const YamlNode::Entry& entry : node.entries) {
      refuse_stranger(entry);
      const auto verdict = read_verdict(entry.value, "the verdict for a recipient");
      if (verdict) expected_.recipients.push_back({entry.key, *verdict});
    }
  }

  /// The recipients that a mail names are known only when the test is run.
  void refuse_stranger(const YamlNode::Entry& entry) {
    if (test_.mail && !test_.facts.recipients) return;
    const std::vector<std::string> recipients = test_.facts.recipients.value_or(std::vector<std::string>());
    const bool is_known = std::any_of(recipients.begin(), recipients.end(), [&](const std::string& address) {
      return equal_ignoring_case(address, entry.key);
    });
    if (is_known) return;
    problems_.error(entry.key_where, quoted_for_message(entry.key) + " is not among the recipients of the facts",
                    did_you_mean(entry.key, recipients));
  }

  const RuleTest& test_;
  Diagnostics& problems_;
  ExpectedDecision expected_;
};

class TestFileReader {
 public:
  TestFileReader(const std::filesystem::path& file, const FeatureNames& features, Diagnostics& problems)
      : features_(features), problems_(problems) {
    result_.file = file;
  }

  RuleTestFile read(const YamlNode& root) {
    if (!require_mapping(root, "a file of tests", problems_)) return {};
    refuse_unknown_keys(root, kFileKeys, "in a file of tests", problems_);
    if (const YamlNode* version = root.find("version")) require_one_of(*version, "version", {"1"}, problems_);
    if (const YamlNode* rules = root.find("rules")) read_rules(*rules);
    const YamlNode* tests = root.find("tests");
    const bool has_tests = tests != nullptr && tests->kind != YamlNode::Kind::Null;
    if (!has_tests) problems_.error(root.where, "there are no tests", "write 'tests:' and '- name: ...' below it");
    if (has_tests) read_tests(*tests);
    return std::move(result_);
  }

 private:
  std::filesystem::path beside_the_file(const std::string& path) const {
    return (result_.file.parent_path() / path).lexically_normal();  // an absolute path replaces the folder
  }

  void read_rules(const YamlNode& node) {
    if (!require_sequence(node, "rules", list_hint(node), problems_)) return;
    if (node.items.empty()) problems_.error(node.where, "rules names no file", "leave it out to test the site's rules");
    for (const YamlNode& item : node.items) {
      const std::string* path = require_text(item, "a rules file or folder", problems_);
      if (path != nullptr) result_.rules.push_back(beside_the_file(*path));
    }
  }

  void read_tests(const YamlNode& node) {
    if (!require_sequence(node, "tests", "each test starts with '- name:'", problems_)) return;
    if (node.items.empty()) problems_.error(node.where, "there are no tests");
    for (const YamlNode& item : node.items) {
      if (require_mapping(item, "a test", problems_)) read_test(item);
    }
  }

  void read_test(const YamlNode& node) {
    RuleTest test;
    refuse_unknown_keys(node, kTestKeys, "in a test", problems_);
    read_name(node, test);
    const YamlNode* facts = node.find("facts");
    const YamlNode* mail = node.find("mail");
    if (facts == nullptr && mail == nullptr) problems_.error(node.where, "a test needs facts, a mail or both");
    if (facts != nullptr) test.facts = read_given_facts(*facts, features_, problems_);
    if (mail != nullptr && require_text(*mail, "mail", problems_)) test.mail = beside_the_file(mail->scalar);
    const YamlNode* expect = node.find("expect");
    if (expect == nullptr) problems_.error(node.where, "a test needs an expect", "write expect: {verdict: junk}");
    if (expect != nullptr) test.expected = ExpectationReader(test, problems_).read(*expect);
    result_.tests.push_back(std::move(test));
  }

  void read_name(const YamlNode& node, RuleTest& test) {
    test.place = place_of(node.where);
    const YamlNode* name = node.find("name");
    if (name == nullptr) {
      problems_.error(node.where, "a test needs a name", "it tells what failed");
      return;
    }
    if (require_text(*name, "name", problems_) == nullptr) return;
    test.name = name->scalar;
    const auto [first, is_new] = names_.try_emplace(test.name, name->where);
    if (is_new) return;
    problems_.error(name->where, "the name " + quoted_for_message(test.name) + " is used twice",
                    "first in " + place_of(first->second));
  }

  const FeatureNames& features_;
  Diagnostics& problems_;
  RuleTestFile result_;
  std::map<std::string, Location> names_;
};

/// Null when the file has problems.
std::optional<RuleTestFile> without_problems(RuleTestFile file, std::size_t errors_before,
                                             const Diagnostics& problems) {
  if (problems.error_count() > errors_before) return std::nullopt;
  return file;
}

}  // namespace

std::optional<RuleTestFile> read_rule_test_file(const std::filesystem::path& file, Diagnostics& problems,
                                                const FeatureNames& features) {
  const std::size_t errors_before = problems.error_count();
  const std::optional<YamlNode> root = read_yaml_file(file, problems);
  if (!root) return std::nullopt;
  return without_problems(TestFileReader(file, features, problems).read(*root), errors_before, problems);
}

std::optional<RuleTestFile> read_rule_test_text(const std::filesystem::path& file, std::string text,
                                                Diagnostics& problems, const FeatureNames& features) {
  const std::size_t errors_before = problems.error_count();
  const std::optional<YamlNode> root = read_yaml_text(file.string(), std::move(text), problems);
  if (!root) return std::nullopt;
  return without_problems(TestFileReader(file, features, problems).read(*root), errors_before, problems);
}

}  // namespace winnow
