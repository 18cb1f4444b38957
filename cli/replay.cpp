#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/judgement_text.h"
#include "cli/mail_files.h"
#include "cli/mailbox_envelope.h"
#include "cli/progress.h"
#include "cli/replay_report.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "config/units.h"
#include "milter/judge.h"

namespace winnow {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kShownChanges = 50;

struct ReplayOptions {
  SnapshotOptions today;
  std::vector<std::filesystem::path> paths;
  std::string junk, flag;           // as written; "" = as the rules say
  std::filesystem::path new_rules;  // "" = today's
  EnvelopeOptions envelope;
  bool all = false, json = false;

  bool compares() const { return !junk.empty() || !flag.empty() || !new_rules.empty(); }
};

void add_options(Arguments& arguments, ReplayOptions& options) {
  arguments.add_files("mail: files, folders, Maildir, mbox, tar archives, - for standard input", options.paths);
  add_snapshot_options(arguments, options.today);
  arguments.add({"--junk", "X%", "what if this were the common junk threshold"}, options.junk);
  arguments.add({"--flag", "X%", "what if this were the common flag threshold"}, options.flag);
  arguments.add({"--new-rules", "PATH", "what if these were the rules: a file or folder"}, options.new_rules);
  add_envelope_options(arguments, options.envelope);
  arguments.add({"--all", "", "all messages that would change, not only the first 50"}, options.all);
  arguments.add({"--json", "", "one object with counts and changes"}, options.json);
}

/// What is wrong with the thresholds, or "".
std::string wrong_about_thresholds(const ReplayOptions& options) {
  for (const auto& [name, text] : {std::pair{"--junk", options.junk}, std::pair{"--flag", options.flag}}) {
    if (!text.empty() && !parse_percent(text)) return std::string(name) + " must be a percentage such as 95%";
  }
  return "";
}

/// The other rules. Null when there are none, or with problems.
std::shared_ptr<const RuleSet> load_other_rules(const ReplayOptions& options, const Snapshot& today,
                                                Diagnostics& problems) {
  if (!options.compares()) return nullptr;
  auto rules =
      options.new_rules.empty() ? today.rules : load_named_rules({options.new_rules}, problems, feature_names());
  if (!rules || (options.junk.empty() && options.flag.empty())) return rules;
  Thresholds thresholds = rules->info().thresholds;
  thresholds.junk = parse_percent(options.junk).value_or(thresholds.junk);
  thresholds.flag = parse_percent(options.flag).value_or(thresholds.flag);
  if (thresholds.flag > thresholds.junk) {
    problems.error({},
                   "the flag threshold " + format_percent(thresholds.flag) + " would be above the junk threshold " +
                       format_percent(thresholds.junk),
                   "give both --junk and --flag");
    return nullptr;
  }
  return rules->with_thresholds(thresholds);
}

void replay_one(const ReplayOptions& options, const Snapshot& today, const RuleSet* others, NamedMail mail,
                ReplayReport& report) {
  mail.input.envelope = envelope_for(options.envelope, mail.input);
  const Judgement judgement = judge(today, mail.input, {std::chrono::steady_clock::now() + kPatience, {}});
  if (judgement.fallback) {
    report.add_failed();
    const std::string name = escape_for_terminal(mail.name, LineBreaks::Escape);
    const std::string why = escape_for_terminal(failure_text(judgement), LineBreaks::Escape);
    std::fprintf(stderr, "%s: error: no probability: %s\n", name.c_str(), why.c_str());
    return;
  }
  ReplayedMail replayed{std::move(mail.name), judgement.probabilities.front().probability, judgement.decision, {}};
  if (others != nullptr) replayed.then = others->decide(facts_of(judgement.message, judgement)).message;
  report.add(std::move(replayed));
}

int replay_all(const ReplayOptions& options, const Snapshot& today, const RuleSet* others, Diagnostics& problems) {
  const auto rules = others == nullptr ? ReplayReport::Rules::TodaysOnly : ReplayReport::Rules::TodaysAndOthers;
  ReplayReport report(rules, options.all ? ReplayReport::kAll : kShownChanges);
  Progress progress;
  std::size_t done = 0;
  read_mail(options.paths, today.settings.milter.max_scan_bytes, problems, [&](NamedMail&& mail) {
    progress.clear();
    replay_one(options, today, others, std::move(mail), report);
    progress.show({"judged", ++done, 0, ""});
  });
  progress.clear();
  std::fputs(options.json ? (report.json() + "\n").c_str() : report.text().c_str(), stdout);
  return report.failed() > 0 || problems.has_errors() ? kProblems : kFine;
}

int run_replay(const Command& self, int argc, char** argv) {
  ReplayOptions options;
  Arguments arguments(self);
  add_options(arguments, options);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  if (const std::string wrong = wrong_about_thresholds(options); !wrong.empty()) return arguments.wrong_usage(wrong);

  Diagnostics problems;
  int exit_code = kProblems;
  if (const auto today = load_chosen_snapshot(options.today, problems)) {
    const auto others = load_other_rules(options, *today, problems);
    if (!problems.has_errors()) exit_code = replay_all(options, *today, others.get(), problems);
  }
  print_problems(problems);
  return exit_code;
}

}  // namespace

const Command kReplayCommand{"replay",
                             "show what today's rules do with a mailbox, and what other thresholds or rules would.",
                             "0 every message judged, 1 problems, 2 wrong usage",
                             "winnow replay --junk 95% ~/Maildir ~/Maildir/.Junk", run_replay};

}  // namespace winnow
