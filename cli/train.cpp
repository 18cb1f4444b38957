#include "models/train.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "cli/labelled_options.h"
#include "cli/output_files.h"
#include "cli/progress.h"
#include "cli/snapshot_options.h"
#include "cli/stop_signal.h"
#include "cli/terminal.h"
#include "config/text_checks.h"
#include "models/card_file.h"

namespace winnow {
namespace {

constexpr NumberRange kShare{0, 1}, kAtLeastOne{1}, kRows{2, 1u << 28};

void add_shape_options(Arguments& arguments, ArchitectureSpec& shape) {
  arguments.add({"--table-size", "N", "rows of the token table, a power of two"}, shape.table_size, kRows);
  arguments.add({"--embedding-width", "N", "numbers per row of the token table"}, shape.embedding_width);
  arguments.add({"--hidden-width", "N", "width of the hidden layer"}, shape.hidden_width);
}

void add_optimizer_options(Arguments& arguments, OptimizerSpec& optimizer, std::size_t& seed) {
  arguments.add({"--learning-rate", "X", "of the token table"}, optimizer.learning_rate);
  arguments.add({"--dense-learning-rate", "X", "of the other weights"}, optimizer.dense_learning_rate);
  arguments.add({"--weight-decay", "X", "pull of all weights towards 0"}, optimizer.weight_decay);
  arguments.add({"--token-dropout", "X", "share of tokens left out per step, 0..1"}, optimizer.token_dropout, kShare);
  arguments.add({"--dense-dropout", "X", "share of dense values left out per step, 0..1"}, optimizer.dense_dropout,
                kShare);
  arguments.add({"--seed", "N", "of shuffling and dropout"}, seed);
}

/// As written on the command line.
struct ChosenTraining {
  TrainOptions options;
  LabelledOptions mail;
  std::size_t seed = OptimizerSpec{}.seed;
  std::vector<std::string> left_out;  // each "a,b"
  bool site = false;
};

void add_training_options(Arguments& arguments, ChosenTraining& chosen) {
  TrainOptions& options = chosen.options;
  arguments.add(
      {"--site", "", "learn from header names, hosts, addresses and lists, too: for this site's own mail only"},
      chosen.site);
  arguments.add(
      {"--base", "FILE", "a model to start from, which is changed by this mail instead of learning from nothing"},
      options.base);
  arguments.add(
      {"--force", "", "write a model that is worse than its base or contradicts it, and take fewer than 50 of a label"},
      options.force);
  arguments.add({"--output,-o", "FILE", "the model to write; its card is written beside it as .md"}, options.output);
  arguments.add({"--name", "NAME", "of the model, shown in headers and logs"}, options.name);
  arguments.add({"--created", "DATE", "of the model, ISO 8601 (default today)"}, options.created);
  arguments.add({"--epochs", "N", "times that all mail is seen, at most; the best is kept"}, options.epochs,
                kAtLeastOne);
  arguments.add({"--min-messages", "N", "learn words and other tokens only of at least so many messages"},
                options.min_messages, kAtLeastOne);
  arguments.add(
      {"--balance-kinds", "",
       "let spam of a language, with HTML or without, count less where it has little ham beside it, so that the "
       "language is not learnt as spam"},
      options.balance_kinds);
  arguments.add({"--tails", "X", "share of spam also learnt with innocent text behind it, against such disguise"},
                options.tails, kShare);
  arguments.add({"--members", "N", "models to train and average into one"}, options.members, kAtLeastOne);
  arguments.add(
      {"--linear-members", "N", "linear models to train beside them, which together count as much as they do"},
      options.linear_members);
  arguments.add({"--batch-size", "N", "messages per step"}, options.batch_size, kAtLeastOne);
  arguments.add({"--held-out", "X",
                 "share kept for calibration and the card, unless the index has a dev split; raised to 0.3 on a base "
                 "with little mail"},
                options.held_out, kShare);
  arguments.add(
      {"--checkpoint", "FILE", "where a stopped training is kept, and resumed from (default OUTPUT.checkpoint)"},
      options.checkpoint);
}

void add_left_out_options(Arguments& arguments, ChosenTraining& chosen) {
  arguments.add({"--leave-out", "A,B",
                 "calibrate on how corpora A and B are judged by a model that never saw them; may "
                 "be repeated, one training each"},
                chosen.left_out);
  arguments.add(
      {"--left-out-models", "DIR", "also write the models without them, to measure each on what it never saw"},
      chosen.options.left_out_models);
}

/// "a,b" -> {"a", "b"}
std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) names.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

/// What is wrong with a base beside the other options, or "". `shape` is the first option given that says the shape of a model.
std::string wrong_about_base(const ChosenTraining& chosen, const std::string& shape) {
  if (chosen.options.base.empty()) return "";
  if (!chosen.left_out.empty())
    return "--leave-out is for a model from nothing: a base may have learnt of those corpora already";
  return shape.empty() ? "" : shape + " is for a model from nothing: a base has its shape already";
}

/// What would be written over something that is needed, or "".
std::string wrong_about_files(const TrainOptions& options) {
  if (options.output.empty()) return "no model to write: give --output";
  std::vector<std::filesystem::path> base;
  // It may be gone on with under its own name.
  if (!options.base.empty() && !is_same_file(options.output, options.base))
    base = {options.base, card_of(options.base)};
  // A training that is done removes its checkpoint.
  return wrong_about_outputs({{"--output", options.output},
                              {"the card of --output", card_of(options.output)},
                              {"--checkpoint", options.checkpoint}},
                             options.sources, base);
}

/// It goes into headers and logs, and a model without one is not loaded.
std::string wrong_about_name(const std::string& name) {
  constexpr std::size_t kLongest = 100;
  const bool is_name = !name.empty() && name.size() <= kLongest && printable(name) == name;
  return is_name ? "" : "--name takes 1 to 100 octets of text, not " + quoted_for_message(name);
}

bool is_empty_group(const std::string& group) { return names_in(group).empty(); }

/// What is wrong with the options together, or "".
std::string wrong_about(const ChosenTraining& chosen, const std::string& shape) {
  if (std::string wrong = wrong_about(chosen.mail); !wrong.empty()) return wrong;
  if (std::any_of(chosen.left_out.begin(), chosen.left_out.end(), is_empty_group))
    return "--leave-out needs the names of corpora";
  if (std::string wrong = wrong_about_base(chosen, shape); !wrong.empty()) return wrong;
  if (!std::has_single_bit(chosen.options.architecture.table_size)) return "--table-size must be a power of two";
  const std::vector<std::string>& splits = chosen.mail.splits;
  if (std::find(splits.begin(), splits.end(), "test") != splits.end())
    return "--split test is mail to measure with, which is never learnt from";
  if (sources_of(chosen.mail).empty()) return "no mail to learn from: give --spam and --ham, or --index";
  if (!chosen.options.left_out_models.empty() && chosen.left_out.empty())
    return "--left-out-models writes the models that judge what --leave-out names: give that, too";
  return wrong_about_name(chosen.options.name);
}

TrainOptions training_of(const ChosenTraining& chosen) {
  TrainOptions options = chosen.options;
  options.sources = sources_of(chosen.mail);
  options.filter = filter_of(chosen.mail);
  options.optimizer.seed = chosen.seed;
  if (chosen.site) options.features = FeatureSet::Site;
  for (const std::string& group : chosen.left_out) options.left_out.push_back(names_in(group));
  return options;
}

std::string loss_note(const TrainProgress& progress) {
  if (progress.phase != "training") return "";
  char text[32];
  std::snprintf(text, sizeof text, "loss %.4f", progress.loss);
  return text;
}

int train_and_report(const TrainOptions& options) {
  Diagnostics problems;
  TrainReport report;
  bool trained = false;
  {
    Progress progress;
    ask_to_stop_on_signal();
    trained = train_model(
        options,
        [&progress](const TrainProgress& now) {
          progress.show({now.phase, now.done, now.total, loss_note(now)});
          return !stop_was_asked();
        },
        report, problems);
  }
  print_problems(problems);
  if (!trained) return kProblems;
  std::printf("%s: trained on %zu ham and %zu spam, sha256 %s\nheld-out mail:\n%s",
              escape_for_terminal(options.output.string()).c_str(), report.ham, report.spam, report.sha256.c_str(),
              escape_for_terminal(evaluation_table(report.held_out)).c_str());
  if (report.comparison) std::printf("beside its base there: %s\n", report.comparison->text().c_str());
  if (!report.left_out.empty()) {
    std::printf("mail of corpora left out:\n%s", escape_for_terminal(evaluation_table(report.left_out)).c_str());
  }
  return kFine;
}

int run_train(const Command& self, int argc, char** argv) {
  ChosenTraining chosen;
  TrainOptions& options = chosen.options;
  Arguments arguments(self);
  add_labelled_options(arguments, chosen.mail);
  add_training_options(arguments, chosen);
  add_shape_options(arguments, options.architecture);
  add_optimizer_options(arguments, options.optimizer, chosen.seed);
  add_left_out_options(arguments, chosen);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  if (options.checkpoint.empty()) options.checkpoint = options.output.string() + ".checkpoint";
  const std::string shape =
      arguments.first_given({"--table-size", "--embedding-width", "--hidden-width", "--linear-members"});
  if (const std::string wrong = wrong_about(chosen, shape); !wrong.empty()) return arguments.wrong_usage(wrong);
  const TrainOptions training = training_of(chosen);
  if (const std::string wrong = wrong_about_files(training); !wrong.empty()) return arguments.wrong_usage(wrong);
  return train_and_report(training);
}

}  // namespace

const Command kTrainCommand{
    "train", "train, calibrate and evaluate a model on labelled mail, and write it.",
    "0 model written, 1 problems or stopped, 2 wrong usage",
    "winnow train --base /usr/share/winnow/models/default.pt --site --spam ~/Maildir-2025/.Junk "
    "--ham ~/Maildir-2025 -o site.pt",
    run_train};

}  // namespace winnow
