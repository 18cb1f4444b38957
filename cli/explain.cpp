#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/contributions.h"
#include "cli/judgement_text.h"
#include "cli/mail_files.h"
#include "cli/snapshot_options.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kTokenNameWidth = 60;  // code points; long URLs would push the numbers off the screen

struct Shown {
  std::size_t tokens = 20;
  bool all_features = false;
  bool json = false;
};

struct Explanation {
  std::string file;
  Judgement judgement;
  std::vector<RuleTrial> trials;
  Contributions contributions;
};

Explanation explain_one(const Snapshot& snapshot, NamedMail mail) {
  Explanation result{std::move(mail.name), {}, {}, {}};
  result.judgement = judge(snapshot, mail.input, {std::chrono::steady_clock::now() + kPatience, {}});
  const Judgement& judgement = result.judgement;
  if (judgement.fallback) return result;
  snapshot.rules->decide_for(facts_of(judgement.message, judgement), 0, &result.trials);
  result.contributions =
      contributions_of(*snapshot.engine, judgement.message, snapshot.settings.engine.max_queue_length);
  return result;
}

std::string number(const char* form, double value) {
  char text[32];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

std::string trial_word(const RuleTrial& trial, const Decision& decision) {
  if (trial.monitored) return "matched, only monitored";
  if (trial.matched) return trial.rule == decision.rule ? "matched, decided" : "matched, went on";
  return "no";
}

void print_verdict(const Explanation& e) {
  const Judgement& judgement = e.judgement;
  const std::string& rule = judgement.decision.rule;
  Rows rows{{"file", e.file},
            {"subject", cut_to_width(judgement.message.subject, kTokenNameWidth)},
            {"spam", spam_percent(judgement)},
            {"verdict", verdict_word(judgement) + (rule.empty() ? "" : " by rule " + rule)},
            {"model", judgement.model}};
  if (judgement.gtube) rows.push_back({"note", "holds the GTUBE test string, which always counts as spam"});
  if (judgement.message.truncated) rows.push_back({"note", "longer than milter.max_scan_bytes; judged by its start"});
  std::fputs(format_table({{""}, {""}}, rows).c_str(), stdout);
}

void print_rules(const Explanation& e) {
  Rows rows;
  for (const RuleTrial& trial : e.trials) rows.push_back({"  " + trial.rule, trial_word(trial, e.judgement.decision)});
  std::printf("\nrules, in the order they were tried\n%s", format_table({{""}, {""}}, rows).c_str());
}

void print_tokens(const Explanation& e, std::size_t top) {
  Rows rows;
  for (const Contribution& token : e.contributions.tokens) {
    if (rows.size() == top || token.change == 0) break;
    rows.push_back({number("%+.3f", token.change), cut_to_width(token.name, kTokenNameWidth)});
  }
  std::printf("\nstrongest of %zu tokens: change of the log-odds of spam (%+.2f in all), + speaks for spam\n%s",
              e.contributions.tokens.size(), e.contributions.log_odds,
              format_table({{"", Align::Right}, {""}}, rows).c_str());
}

void print_dense(const Explanation& e, bool all) {
  Rows rows;
  const auto& declared = dense_features();
  for (std::size_t i = 0; i < e.contributions.dense.size(); ++i) {
    const Contribution& dense = e.contributions.dense[i];
    if (dense.value == 0 && !all) continue;
    rows.push_back(
        {number("%+.3f", dense.change), number("%.3g", dense.value), dense.name, std::string(declared[i].meaning)});
  }
  const std::vector<Column> columns{{"change", Align::Right}, {"value", Align::Right}, {"feature"}, {"meaning"}};
  std::printf("\nnamed features%s\n%s", all ? "" : " that are not 0 (--all shows the others)",
              format_table(columns, rows).c_str());
}

void print_text(const Explanation& e, const Shown& shown) {
  print_verdict(e);
  if (e.judgement.fallback) return;
  print_rules(e);
  print_tokens(e, shown.tokens);
  print_dense(e, shown.all_features);
}

Json contribution_json(const Contribution& c) {
  return {{"name", c.name}, {"value", c.value}, {"contribution", c.change}};
}

void print_json(const Explanation& e, const Shown& shown) {
  Json json = Json::parse(judgement_json(e.file, e.judgement));
  json["gtube"] = e.judgement.gtube;
  json["log_odds"] = e.contributions.log_odds;
  Json& rules = json["rules"] = Json::array();
  for (const RuleTrial& trial : e.trials) {
    const bool decided = trial.matched && !trial.monitored && trial.rule == e.judgement.decision.rule;
    rules.push_back(
        {{"rule", trial.rule}, {"matched", trial.matched}, {"monitored", trial.monitored}, {"decided", decided}});
  }
  Json& tokens = json["tokens"] = Json::array();
  for (const Contribution& token : e.contributions.tokens) {
    if (tokens.size() == shown.tokens) break;
    tokens.push_back(contribution_json(token));
  }
  Json& dense = json["dense"] = Json::array();
  for (const Contribution& c : e.contributions.dense) dense.push_back(contribution_json(c));
  std::puts(json.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
}

std::string failure_of(const Explanation& e) {
  return e.judgement.fallback ? failure_text(e.judgement) : e.contributions.error;
}

int run_explain(const Command& self, int argc, char** argv) {
  SnapshotOptions chosen;
  Shown shown;
  std::vector<std::filesystem::path> files;
  Arguments arguments(self);
  arguments.add_files("mail: files, folders, mbox, - for standard input", files);
  add_snapshot_options(arguments, chosen);
  arguments.add({"--top", "N", "tokens shown"}, shown.tokens);
  arguments.add({"--all", "", "named features that are 0, too"}, shown.all_features);
  arguments.add({"--json", "", "one JSON object a line, with all features"}, shown.json);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  bool failed = false;
  if (const auto snapshot = load_chosen_snapshot(chosen, problems)) {
    read_mail(files, snapshot->settings.milter.max_scan_bytes, problems, [&](NamedMail&& mail) {
      const Explanation explanation = explain_one(*snapshot, std::move(mail));
      shown.json ? print_json(explanation, shown) : print_text(explanation, shown);
      const std::string failure = failure_of(explanation);
      failed = failed || !failure.empty();
      if (!failure.empty()) {
        std::fprintf(stderr, "%s: error: %s\n", escape_for_terminal(explanation.file, LineBreaks::Escape).c_str(),
                     escape_for_terminal(failure, LineBreaks::Escape).c_str());
      }
    });
  }
  print_problems(problems);
  return failed || problems.has_errors() ? kProblems : kFine;
}

}  // namespace

const Command kExplainCommand{
    "explain", "show why a message is judged as it is: rules tried, words and features that count.",
    "0 explained, 1 problems, 2 wrong usage", "winnow explain --top 10 suspicious.eml", run_explain};

}  // namespace winnow
