#include "models/evaluate.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "cli/labelled_options.h"
#include "cli/output_files.h"
#include "cli/progress.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "engine/engine.h"
#include "models/evaluation_report.h"
#include "models/full_evaluation.h"
#include "models/score_file.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr NumberRange kResamples{0, kMostResamples};

struct EvaluateOptions {
  EngineSettings settings;
  LabelledOptions mail;
  std::filesystem::path from_scores, scores, report;
  std::size_t resamples = BootstrapOptions{}.resamples;
  bool thresholds = false, json = false;
};

/// What is measured: judged mail, and what the report says about its origin.
struct Judged {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<ScoredMail> mail;
  std::optional<double> prior;
};

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

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", 100 * share);
  return text;
}

Judged judge_by_model(const EvaluateOptions& options, Diagnostics& problems) {
  const auto engine = make_engine(options.settings, problems);
  if (!engine) return {};
  ScoreOptions what;
  what.sources = sources_of(options.mail);
  what.filter = filter_of(options.mail);
  Judged judged;
  judged.mail = score_with_progress(*engine, what, problems);
  const Manifest& manifest = engine->manifest();
  judged.title = "Model " + manifest.name;
  judged.facts = {{"model", options.settings.model.string()},
                  {"sha256", engine->sha256()},
                  {"made on", manifest.created},
                  {"holds for", percent(manifest.prior_spam) + " spam"}};
  judged.prior = manifest.prior_spam;
  return judged;
}

Judged read_judged(const EvaluateOptions& options, Diagnostics& problems) {
  Judged judged;
  judged.mail = read_score_file(options.from_scores, problems);
  judged.title = "Scores of " + options.from_scores.filename().string();
  judged.facts = {{"scores", options.from_scores.string()}};
  return judged;
}

/// The folder that all the names begin with, up to its slash. It would only make the page's lists wide.
std::string common_folder(const std::vector<ScoredMail>& mail) {
  std::string common = mail.front().name;
  for (const ScoredMail& one : mail) {
    const auto differ = std::mismatch(common.begin(), common.end(), one.name.begin(), one.name.end());
    common.erase(differ.first, common.end());
  }
  return common.substr(0, common.rfind('/') + 1);
}

std::string report_of(const Judged& judged, const std::map<std::string, FullEvaluation>& by_corpus) {
  const auto shown = [](const std::string& text) { return escape_for_terminal(text, LineBreaks::Escape); };
  EvaluationReport report;
  report.title = shown(judged.title);
  for (const auto& [name, value] : judged.facts) report.facts.emplace_back(name, shown(value));
  const Evaluation& all = by_corpus.at("").figures;
  report.facts.emplace_back("mail", std::to_string(all.ham) + " ham, " + std::to_string(all.spam) + " spam");
  const std::string folder = common_folder(judged.mail);
  if (!folder.empty()) report.facts.emplace_back("folder", shown(folder));
  for (ScoredMail one : judged.mail) {
    one.name = shown(one.name.substr(folder.size()));
    one.corpus = shown(one.corpus);
    report.mail.push_back(std::move(one));
  }
  for (const auto& [corpus, full] : by_corpus) report.by_corpus[shown(corpus)] = full;
  return write_evaluation_report(report);
}

void tell(const Status& status, Diagnostics& problems) {
  if (!status) problems.error({}, status.error());
}

std::string wrong_about_files(const EvaluateOptions& options) {
  return wrong_about_outputs({{"--scores", options.scores}, {"--report", options.report}}, sources_of(options.mail),
                             {options.settings.model, options.from_scores});
}

/// Before the mail is judged, which takes its time.
void look_for_room(const EvaluateOptions& options, Diagnostics& problems) {
  for (const std::filesystem::path& file : {options.scores, options.report}) {
    if (!file.empty()) tell(check_writable(file), problems);
  }
}

void write_files(const EvaluateOptions& options, const Judged& judged,
                 const std::map<std::string, FullEvaluation>& by_corpus, Diagnostics& problems) {
  if (!options.scores.empty()) tell(write_score_file(options.scores, judged.mail), problems);
  if (!options.report.empty()) tell(write_whole_file(options.report, report_of(judged, by_corpus)), problems);
}

void print_evaluation(const EvaluateOptions& options, const std::map<std::string, FullEvaluation>& by_corpus) {
  if (options.json) {
    std::printf("%s\n", full_evaluation_json(by_corpus).c_str());
    return;
  }
  std::string text = full_evaluation_table(by_corpus);
  if (const std::string calibration = calibration_table(by_corpus); !calibration.empty()) text += "\n" + calibration;
  if (options.thresholds) text += "\n" + threshold_table(by_corpus);
  std::fputs(escape_for_terminal(text).c_str(), stdout);
}

int evaluate_and_report(const EvaluateOptions& options) {
  Diagnostics problems;
  if (options.from_scores.empty()) look_for_room(options, problems);
  if (problems.has_errors()) {
    print_problems(problems);
    return kProblems;
  }
  const Judged judged =
      options.from_scores.empty() ? judge_by_model(options, problems) : read_judged(options, problems);
  if (judged.mail.empty()) {
    print_problems(problems);
    std::fputs("winnow evaluate: no mail was judged\n", stderr);
    return kProblems;
  }
  const auto by_corpus = evaluate_in_full(judged.mail, {{.resamples = options.resamples}, judged.prior});
  write_files(options, judged, by_corpus, problems);
  print_problems(problems);
  print_evaluation(options, by_corpus);
  return problems.has_errors() ? kProblems : kFine;
}

int run_evaluate(const Command& self, int argc, char** argv) {
  EvaluateOptions options;
  Arguments arguments(self);
  arguments.add({"--model", "FILE", "the model to measure"}, options.settings.model);
  std::string device = "auto";
  arguments.add({"--device", "NAME", "auto, cpu, cuda or cuda:N"}, device);
  add_labelled_options(arguments, options.mail);
  arguments.add({"--resamples", "N", "drawn for the 95 % intervals, fewer with very much mail; 0 = no intervals"},
                options.resamples, kResamples);
  arguments.add({"--thresholds", "", "also what each threshold from 1 % to 99 % does"}, options.thresholds);
  arguments.add({"--json", "", "one JSON object instead of the tables"}, options.json);
  arguments.add({"--report", "FILE", "also an HTML page with curves, thresholds and the worst mistakes"},
                options.report);
  arguments.add({"--scores", "FILE", "also a .tsv with the probability of each message"}, options.scores);
  arguments.add({"--from-scores", "FILE", "measure such a .tsv, of whatever filter, instead of a model"},
                options.from_scores);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  options.settings.device = device;
  if (const std::string wrong = wrong_about(options.mail); !wrong.empty()) return arguments.wrong_usage(wrong);
  const bool has_mail = !sources_of(options.mail).empty();
  if (!has_mail && options.from_scores.empty())
    return arguments.wrong_usage("no mail to judge: give --spam and --ham, or --index");
  if (has_mail && !options.from_scores.empty())
    return arguments.wrong_usage("--from-scores brings its own mail: no --spam, --ham or --index with it");
  const std::string of_model = arguments.first_given({"--model", "--device"});
  if (!of_model.empty() && !options.from_scores.empty())
    return arguments.wrong_usage("--from-scores measures what is in the file: no " + of_model + " with it");
  if (const std::string wrong = wrong_about_files(options); !wrong.empty()) return arguments.wrong_usage(wrong);
  return evaluate_and_report(options);
}

}  // namespace

const Command kEvaluateCommand{
    "evaluate",
    "measure how good a model's probabilities are on labelled mail; mail that it has learnt tells "
    "nothing.",
    "0 measured, 1 problems, 2 wrong usage",
    "winnow evaluate --model site.pt --spam ~/Maildir-2026/.Junk --ham ~/Maildir-2026", run_evaluate};

}  // namespace winnow
