#include <cstdio>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/mail_files.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "models/feedback.h"
#include "models/train.h"

namespace winnow {
namespace {

struct LearnOptions {
  std::string label;
  std::vector<std::filesystem::path> files;
  std::filesystem::path folder = "/var/lib/winnow/feedback";
  std::size_t most = 20000;
};

struct Tally {
  std::size_t added = 0, known = 0, moved = 0;
};

void add_options(Arguments& arguments, LearnOptions& options) {
  constexpr NumberRange kAtLeastOne{1};
  arguments.add_choice("spam|ham|phishing", "what the user says that the mail is", options.label);
  arguments.add_optional_files("mail: files, folders, Maildir, mbox, tar archives; standard input when there are none",
                               options.files);
  arguments.add({"--folder", "DIR", "where messages are kept for the next training"}, options.folder);
  arguments.add({"--most", "N", "messages kept of each label; beyond it the oldest go"}, options.most, kAtLeastOne);
}

Location where(const NamedMail& mail) { return in_file(mail.name == "-" ? "standard input" : mail.name); }

void keep_one(const FeedbackFolder& folder, Label label, const NamedMail& mail, Tally& tally, Diagnostics& problems) {
  if (mail.input.raw.empty()) {
    problems.error(where(mail), "there is no message in it");
    return;
  }
  FeedbackFolder::Kept kept{};
  if (const Status status = folder.keep(label, mail.input.raw, kept); !status) {
    problems.error(where(mail), status.error());
    return;
  }
  ++(kept == FeedbackFolder::Kept::New ? tally.added : kept == FeedbackFolder::Kept::Known ? tally.known : tally.moved);
}

std::string summary(const LearnOptions& options, const FeedbackFolder& folder, const Tally& tally) {
  std::string text = options.label + ": " + std::to_string(tally.added) + " new";
  if (tally.moved > 0) text += ", " + std::to_string(tally.moved) + " that had another label";
  if (tally.known > 0) text += ", " + std::to_string(tally.known) + " known already";
  return text + "; " + options.folder.string() + " holds " + std::to_string(folder.count(Label::Spam)) + " spam, " +
         std::to_string(folder.count(Label::Phishing)) + " phishing, " + std::to_string(folder.count(Label::Ham)) +
         " ham";
}

int run_learn(const Command& self, int argc, char** argv) {
  LearnOptions options;
  Arguments arguments(self);
  add_options(arguments, options);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  if (options.files.empty()) options.files = {"-"};
  const Label label = *label_named(options.label);

  Diagnostics problems;
  Tally tally;
  const FeedbackFolder folder(options.folder);
  if (const Status status = folder.prepare(); !status) {
    problems.error({}, status.error(), "it must be open to the user who runs this: see winnow(1)");
  } else {
    read_mail(options.files, TrainOptions{}.max_scan_bytes, problems,
              [&](NamedMail&& mail) { keep_one(folder, label, mail, tally, problems); });
    if (const Status forgotten = folder.forget_oldest(label, options.most); !forgotten)
      problems.error({}, forgotten.error());
    std::printf("%s\n", escape_for_terminal(summary(options, folder, tally)).c_str());
  }
  print_problems(problems);
  return problems.has_errors() ? kProblems : kFine;
}

}  // namespace

const Command kLearnCommand{"learn", "keep mail that users moved to Junk, or out of it, for the next training.",
                            "0 every message kept, 1 problems, 2 wrong usage", "winnow learn spam < message.eml",
                            run_learn};

}  // namespace winnow
