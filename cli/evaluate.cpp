#include "models/evaluate.h"

#include <cstdio>
#include <string>

#include "cli/labelled_options.h"
#include "cli/progress.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "engine/engine.h"

namespace winnow {
namespace {

std::vector<ScoredMail> score_with_progress(const Engine& engine, const ScoreOptions& options, Diagnostics& problems) {
  Progress progress;
  return score_mail(
      engine, options,
      [&progress](std::size_t done, std::size_t total) {
        progress.show({"judging", done, total, ""});
        return true;
      },
      problems);
}

int evaluate_and_report(const EngineSettings& settings, const ScoreOptions& options, bool json) {
  Diagnostics problems;
  const auto engine = make_engine(settings, problems);
  if (!engine) {
    print_problems(problems);
    return kProblems;
  }
  const std::vector<ScoredMail> scored = score_with_progress(*engine, options, problems);
  print_problems(problems);
  if (scored.empty()) {
    std::fputs("winnow evaluate: no mail was judged\n", stderr);
    return kProblems;
  }
  const auto figures = evaluate_by_corpus(scored);
  if (json) {
    std::printf("%s\n", evaluation_json(figures).c_str());
  } else {
    std::fputs(escape_for_terminal(evaluation_table(figures)).c_str(), stdout);
  }
  return problems.has_errors() ? kProblems : kFine;
}

int run_evaluate(const Command& self, int argc, char** argv) {
  EngineSettings settings;
  LabelledOptions mail;
  bool json = false;
  Arguments arguments(self);
  arguments.add({"--model", "FILE", "the model to measure"}, settings.model);
  arguments.add({"--device", "NAME", "auto, cpu, cuda or cuda:N"}, settings.device);
  add_labelled_options(arguments, mail);
  arguments.add({"--json", "", "one JSON object instead of the table"}, json);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  ScoreOptions options;
  options.sources = sources_of(mail);
  options.filter = filter_of(mail);
  if (options.sources.empty()) return arguments.wrong_usage("no mail to judge: give --spam and --ham, or --index");
  return evaluate_and_report(settings, options, json);
}

}  // namespace

const Command kEvaluateCommand{"evaluate", "measure how good a model's probabilities are on labelled mail.",
                               "0 measured, 1 problems, 2 wrong usage",
                               "winnow evaluate --model site.pt --spam ~/Maildir/.Junk --ham ~/Maildir", run_evaluate};

}  // namespace winnow
