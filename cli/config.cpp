#include <cstdio>

#include "cli/snapshot_options.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "config/settings.h"
#include "config/units.h"
#include "milter/judge.h"
#include "milter/plain_address.h"
#include "rules/rule_set.h"

namespace winnow {
namespace {

struct PolicyQuestion {
  std::string recipient, sender;
};

/// As the daemon spells an address: people paste <joe@example.org>, with the brackets of a log line.
std::string as_asked(std::string_view written) {
  const bool has_brackets = written.starts_with('<') && written.ends_with('>');
  return comparable_address(has_brackets ? written.substr(1, written.size() - 2) : written);
}

std::string origin(const std::string& where) { return where.empty() ? "default" : where; }

/// One row for each value that holds for the recipient, with the line it came from.
void print_policy(const PolicyQuestion& question, const RuleSet& rules) {
  const Policy policy = rules.policy_for(as_asked(question.recipient), as_asked(question.sender));
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"junk", format_percent(policy.junk.value), origin(policy.junk.where)});
  rows.push_back({"flag", format_percent(policy.flag.value), origin(policy.flag.where)});
  if (policy.ceiling) {
    rows.push_back({"ceiling", std::string(verdict_name(policy.ceiling->value)), origin(policy.ceiling->where)});
  } else {
    rows.push_back({"ceiling", "none", "default"});
  }
  for (const Sourced<std::string>& rule : policy.own_rules) rows.push_back({"rule", rule.value, origin(rule.where)});
  rows.push_back({"rules", std::to_string(rules.info().common_rules) + " for everybody, after those above"});
  std::fputs(format_table({{"setting"}, {"value"}, {"from"}}, rows).c_str(), stdout);
}

int run_config(const Command& self, int argc, char** argv) {
  std::filesystem::path config = kDefaultSettingsFile;
  PolicyQuestion question;
  Arguments arguments(self);
  arguments.add({"--config", "FILE", "settings file"}, config);
  arguments.add({"--for", "ADDRESS", "what the rules' overrides give this recipient, and which line says so"},
                question.recipient);
  arguments.add({"--from", "ADDRESS", "with --for: mail from this envelope sender"}, question.sender);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  const bool asks_for_recipient = !question.recipient.empty();
  if (!asks_for_recipient && !question.sender.empty()) return arguments.wrong_usage("--from needs --for");

  Diagnostics problems;
  const auto settings = load_settings(config, problems);
  const auto rules = settings && asks_for_recipient ? load_rules(settings->rules, problems, feature_names()) : nullptr;
  print_problems(problems);
  if (!settings || (asks_for_recipient && !rules)) return kProblems;
  if (rules) {
    print_policy(question, *rules);
  } else {
    std::fputs(escape_for_terminal(describe_settings(*settings)).c_str(), stdout);
  }
  return kFine;
}

}  // namespace

const Command kConfigCommand{"config",
                             "print the effective settings, or what holds for one recipient, and where each was set.",
                             "0 fine, 1 problems, 2 wrong usage", "winnow config --for boss@shop.example", run_config};

}  // namespace winnow
