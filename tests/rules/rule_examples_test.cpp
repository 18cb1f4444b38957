// The worked examples of docs/rules.md: each file loads, decides as the page promises, and stands there word for word.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "rules/rule_set.h"
#include "tests/rules/example_mail.h"

namespace winnow {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(WINNOW_TEST_DATA) / "rule_examples";

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string page() { return content_of(std::filesystem::path(WINNOW_SOURCE_DIR) / "docs" / "rules.md"); }

std::shared_ptr<const RuleSet> load(const std::string& example) {
  Diagnostics problems;
  auto rules = load_rules({kFolder / (example + ".yaml")}, problems);
  EXPECT_EQ(problems.to_string(), "");
  return rules;
}

Facts facts_of(const ExampleMail& mail) {
  Facts facts;
  facts.set(Fact::Spam, mail.spam);
  for (const auto& [fact, value] : mail.facts) facts.set(fact, value);
  facts.headers = mail.headers;
  facts.recipients = mail.recipients;
  return facts;
}

std::string quoted(const std::string& text) { return " \"" + text + "\""; }

/// What goes with the verdict, or says more about it: " to held@example.org", ", tags "[x] "".
std::string shown(const Action& action) {
  switch (action.kind) {
    case ActionKind::Junk:
      return action.extension.empty() ? "" : " with +" + action.extension;
    case ActionKind::Redirect:
      return " to " + action.address;
    case ActionKind::Quarantine:
      return quoted(action.text);
    case ActionKind::Reject:
    case ActionKind::TempFail:
      return quoted(action.text.substr(0, action.text.find('\n')));
    case ActionKind::AddHeader:
      return ", adds " + action.name + ": " + action.text;
    case ActionKind::RemoveHeader:
      return ", removes " + action.name;
    case ActionKind::TagSubject:
      return ", tags" + quoted(action.text);
    case ActionKind::Bcc:
      return ", copy to " + action.address;
    default:
      return "";
  }
}

/// "flag (rule certain wanted reject), tags "[x] ", monitored other-rule"
std::string shown(const Decision& decision) {
  std::string text(verdict_name(decision.verdict));
  for (const Action& action : decision.actions) text += is_final(action.kind) ? shown(action) : "";
  text += decision.rule.empty() ? " (no rule" : " (rule " + decision.rule;
  text += decision.wanted ? " wanted " + std::string(verdict_name(*decision.wanted)) + ")" : ")";
  for (const Action& action : decision.actions) text += is_final(action.kind) ? "" : shown(action);
  for (const std::string& rule : decision.monitored) text += ", monitored " + rule;
  return text;
}

std::string shown(const MessageDecision& all, const std::vector<std::string>& recipients) {
  if (all.recipients.size() == 1) return shown(all.message);
  std::string text;
  for (const RecipientDecision& one : all.recipients) {
    for (const std::size_t index : one.recipients) text += recipients[index] + ": " + shown(one.decision) + "; ";
  }
  return text + "the message: " + std::string(verdict_name(all.message.verdict)) +
         (all.disagreement ? " (disagreement)" : "");
}

std::vector<std::filesystem::path> example_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(RuleExamples, DecideAsThePagePromises) {
  for (const ExampleMail& mail : example_mails()) {
    const auto rules = load(mail.example);
    ASSERT_TRUE(rules) << mail.example;
    const std::string decided = shown(rules->decide(facts_of(mail)), mail.recipients);
    EXPECT_EQ(decided, mail.expected) << mail.example << ": " << mail.what;
    const std::string row = "| " + std::string(mail.what) + " | " + mail.expected + " |\n";
    EXPECT_NE(page().find(row), std::string::npos) << "docs/rules.md lacks the row\n" << row;
  }
}

TEST(RuleExamples, AreTenWithThreeMessagesEach) {
  std::map<std::string, std::size_t> messages;
  for (const ExampleMail& mail : example_mails()) ++messages[mail.example];
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++examples;
    EXPECT_GE(messages[entry.path().stem().string()], 3u) << entry.path();
  }
  EXPECT_GE(examples, 10u);
}

TEST(RuleExamples, StandOnThePageWordForWord) {
  for (const std::filesystem::path& file : example_files()) {
    const std::string quoted = "```yaml\n" + content_of(file) + "```\n";
    EXPECT_NE(page().find(quoted), std::string::npos) << "docs/rules.md does not quote " << file;
  }
}

}  // namespace
}  // namespace winnow
