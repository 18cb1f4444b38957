#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/judgement_text.h"
#include "cli/mail_files.h"
#include "cli/mailbox_envelope.h"
#include "cli/progress.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"

namespace winnow {
namespace {

// Nobody at an MTA waits for this answer, so a busy machine is given more time than settings.milter.deadline.
constexpr std::chrono::seconds kPatience{60};

constexpr std::size_t kRecipientsWidth = 60;  // code points

std::string one_line(const std::string& text) { return escape_for_terminal(text, LineBreaks::Escape); }

void print_row(const std::string& probability, const std::string& verdict, const std::string& rule,
               const std::string& file) {
  std::printf("%11s  %-10s  %-20s  %s\n", probability.c_str(), verdict.c_str(), one_line(rule).c_str(),
              one_line(file).c_str());
}

/// One row for all recipients that get the same; none when all get what the message does.
void print_recipients(const Judgement& judgement) {
  if (judgement.recipients.size() < 2) return;
  for (const RecipientDecision& one : judgement.recipients) {
    print_row("", std::string(verdict_name(one.decision.verdict)), one.decision.rule,
              "for " + cut_to_width(recipients_of(one, judgement), kRecipientsWidth));
  }
}

struct Tally {
  std::size_t judged = 0;
  std::size_t failed = 0;
};

void classify_one(const Snapshot& snapshot, const NamedMail& mail, bool json, Tally& tally) {
  const Judgement judgement = judge(snapshot, mail.input, {std::chrono::steady_clock::now() + kPatience, {}});
  ++tally.judged;
  if (judgement.fallback) {
    ++tally.failed;
    std::fprintf(stderr, "%s: error: no probability: %s\n", one_line(mail.name).c_str(),
                 one_line(failure_text(judgement)).c_str());
  }
  if (json) {
    std::puts(judgement_json(mail.name, judgement).c_str());
  } else {
    print_row(spam_percent(judgement), verdict_word(judgement), judgement.decision.rule, mail.name);
    print_recipients(judgement);
  }
}

int run_classify(const Command& self, int argc, char** argv) {
  SnapshotOptions chosen;
  EnvelopeOptions envelope;
  bool json = false;
  std::vector<std::filesystem::path> files;
  Arguments arguments(self);
  arguments.add_files("mail: files, folders, Maildir, mbox, tar archives, - for standard input", files);
  add_snapshot_options(arguments, chosen);
  add_envelope_options(arguments, envelope);
  arguments.add({"--json", "", "one JSON object a line"}, json);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  const auto snapshot = load_chosen_snapshot(chosen, problems);
  if (snapshot) {
    Tally tally;
    Progress progress;
    if (!json) print_row("probability", "verdict", "rule", "file");
    read_mail(files, snapshot->settings.milter.max_scan_bytes, problems, [&](NamedMail&& mail) {
      progress.clear();
      mail.input.envelope = envelope_for(envelope, mail.input);
      classify_one(*snapshot, mail, json, tally);
      progress.show({"judged", tally.judged, 0, ""});
    });
    progress.clear();
    print_problems(problems);
    return problems.has_errors() || tally.failed > 0 ? kProblems : kFine;
  }
  print_problems(problems);
  return kProblems;
}

}  // namespace

const Command kClassifyCommand{"classify", "say how likely each message is spam, and what the rules would do with it.",
                               "0 every message judged, 1 problems, 2 wrong usage", "winnow classify --json ~/Maildir",
                               run_classify};

}  // namespace winnow
