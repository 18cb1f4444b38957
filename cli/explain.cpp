#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/explanation_text.h"
#include "cli/judgement_text.h"
#include "cli/mail_files.h"
#include "cli/mailbox_envelope.h"
#include "cli/snapshot_options.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kMaxPoints = 512;    // a few hundredths of a second
constexpr std::size_t kSubjectWidth = 60;  // code points

struct Shown {
  std::size_t contributions = 20;
  bool all = false;
  bool json = false;
  Colour colour = Colour::None;
};

struct ExplainOptions {
  SnapshotOptions snapshot;
  EnvelopeOptions envelope;
  Shown shown;
  std::string label;  // "" = the model's first
  std::vector<std::filesystem::path> files;
};

struct Explained {
  std::string file;
  std::vector<std::string> recipients;  // whose overrides were applied; none = not known
  Judgement judgement;
  std::vector<RuleTrial> trials;  // for the first recipient
  std::string decided;            // the rule that decided for that one; "" when none did
  Explanation explanation;
};

Explained explain_one(const Snapshot& snapshot, NamedMail mail, std::size_t label) {
  Explained result{std::move(mail.name), mail.input.envelope.recipients, {}, {}, {}, {}};
  result.judgement = judge(snapshot, mail.input, {std::chrono::steady_clock::now() + kPatience, {}});
  const Judgement& judgement = result.judgement;
  if (judgement.fallback) return result;
  result.decided = snapshot.rules->decide_for(facts_of(judgement.message, judgement), 0, &result.trials).rule;
  const AttributionLimits path{std::chrono::steady_clock::now() + kPatience, kMaxPoints};
  result.explanation = explain(*snapshot.engine, judgement.message, label, {path});
  return result;
}

std::string recipients_text(const std::vector<std::string>& recipients) {
  const std::string text = join(recipients, ", ");
  return text.empty() ? "not known (--to), so no override for one was applied" : cut_to_width(text, kSubjectWidth);
}

/// What they get, when they do not all get the same.
void add_recipients(const Judgement& judgement, Rows& rows) {
  if (judgement.recipients.size() < 2) return;
  for (const RecipientDecision& one : judgement.recipients) {
    const std::string actions = actions_text(one.decision);
    rows.push_back({"for " + cut_to_width(recipients_of(one, judgement), kSubjectWidth),
                    decision_text(one.decision) + (actions.empty() ? "" : ": " + actions)});
  }
}

void print_verdict(const Explained& e) {
  const Judgement& judgement = e.judgement;
  Rows rows{{"file", e.file},
            {"subject", cut_to_width(judgement.message.subject, kSubjectWidth)},
            {"spam", spam_percent(judgement)},
            {"recipients", recipients_text(e.recipients)},
            {"verdict", judgement.fallback ? verdict_word(judgement) : decision_text(judgement.decision)}};
  if (const std::string actions = actions_text(judgement.decision); !actions.empty())
    rows.push_back({"actions", actions});
  add_recipients(judgement, rows);
  rows.push_back({"model", judgement.model});
  if (judgement.gtube) rows.push_back({"note", "holds the GTUBE test string, for which the fact gtube is true"});
  if (judgement.message.truncated) rows.push_back({"note", "longer than milter.max_scan_bytes; judged by its start"});
  if (judgement.message.shape.limits_hit)
    rows.push_back({"note", "has more parts, text, links or header fields than are read; judged by the first of them"});
  std::fputs(format_table({{""}, {""}}, rows).c_str(), stdout);
}

void print_rules(const Explained& e) {
  Rows rows;
  for (const RuleTrial& trial : e.trials) rows.push_back({"  " + trial.rule, trial_word(trial, e.decided)});
  std::printf("\nrules, in the order they were tried%s\n%s", e.recipients.size() > 1 ? " for the first recipient" : "",
              format_table({{""}, {""}}, rows).c_str());
}

void print_text(const Explained& e, const Shown& shown) {
  print_verdict(e);
  if (e.judgement.fallback) return;
  print_rules(e);
  if (!e.explanation.error.empty()) return;
  const std::size_t top = shown.all ? e.explanation.contributions.size() : shown.contributions;
  std::printf("\n%s\nnamed features%s\n%s", explanation_text(e.explanation, top, shown.colour).c_str(),
              shown.all ? "" : " that are not 0 (--all shows the others)",
              feature_text(e.explanation, shown.all).c_str());
}

void print_json(const Explained& e) {
  Json json = Json::parse(judgement_json(e.file, e.judgement));
  json["recipients"] = e.recipients;
  json["gtube"] = e.judgement.gtube;
  Json& rules = json["rules"] = Json::array();
  for (const RuleTrial& trial : e.trials) {
    const bool decided = trial.matched && !trial.monitored && trial.rule == e.decided;
    rules.push_back(
        {{"rule", trial.rule}, {"matched", trial.matched}, {"monitored", trial.monitored}, {"decided", decided}});
  }
  const bool explained = !e.judgement.fallback && e.explanation.error.empty();
  json["explanation"] = explained ? Json::parse(explanation_json(e.explanation)) : Json(nullptr);
  std::puts(json.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
}

std::string failure_of(const Explained& e) {
  return e.judgement.fallback ? failure_text(e.judgement) : e.explanation.error;
}

/// The place of the label among the model's; "" is the first.
std::optional<std::size_t> label_named(const Snapshot& snapshot, const std::string& name, Diagnostics& problems) {
  const std::vector<std::string>& labels = snapshot.engine->manifest().labels;
  const auto found = name.empty() ? labels.begin() : std::find(labels.begin(), labels.end(), name);
  if (found != labels.end()) return static_cast<std::size_t>(found - labels.begin());
  problems.error({}, "--label: the model has no label '" + name + "'; it has: " + join(labels, ", "));
  return std::nullopt;
}

/// False when one of the messages could not be explained.
bool explain_all(const Snapshot& snapshot, const ExplainOptions& options, std::size_t label, Diagnostics& problems) {
  bool fine = true;
  read_mail(options.files, snapshot.settings.milter.max_scan_bytes, problems, [&](NamedMail&& mail) {
    mail.input.envelope = envelope_for(options.envelope, mail.input);
    const Explained explained = explain_one(snapshot, std::move(mail), label);
    options.shown.json ? print_json(explained) : print_text(explained, options.shown);
    const std::string failure = failure_of(explained);
    if (failure.empty()) return;
    fine = false;
    std::fprintf(stderr, "%s: error: %s\n", escape_for_terminal(explained.file, LineBreaks::Escape).c_str(),
                 escape_for_terminal(failure, LineBreaks::Escape).c_str());
  });
  return fine;
}

int run_explain(const Command& self, int argc, char** argv) {
  ExplainOptions options;
  Shown& shown = options.shown;
  Arguments arguments(self);
  arguments.add_files("mail: files, folders, mbox, - for standard input", options.files);
  add_snapshot_options(arguments, options.snapshot);
  add_envelope_options(arguments, options.envelope);
  arguments.add({"--label", "NAME", "the model's label that is explained (default: its first, spam)"}, options.label);
  arguments.add({"--top", "N", "contributions shown"}, shown.contributions);
  arguments.add({"--all", "", "all contributions, and the named features that are 0"}, shown.all);
  arguments.add({"--json", "", "one JSON object a line, with everything"}, shown.json);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  bool fine = false;
  shown.colour = colour_of(STDOUT_FILENO);
  if (const auto snapshot = load_chosen_snapshot(options.snapshot, problems)) {
    const auto label = label_named(*snapshot, options.label, problems);
    fine = label && explain_all(*snapshot, options, *label, problems);
  }
  print_problems(problems);
  return fine && !problems.has_errors() ? kFine : kProblems;
}

}  // namespace

const Command kExplainCommand{
    "explain", "show why a message is judged as it is: the rules tried, and contributions that add up to the score.",
    "0 explained, 1 problems, 2 wrong usage", "winnow explain --top 10 suspicious.eml", run_explain};

}  // namespace winnow
