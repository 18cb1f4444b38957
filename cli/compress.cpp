#include "models/compress.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>

#include "cli/labelled_options.h"
#include "cli/output_files.h"
#include "cli/progress.h"
#include "cli/snapshot_options.h"
#include "cli/terminal.h"
#include "config/units.h"
#include "models/card_file.h"

namespace winnow {
namespace {

constexpr std::string_view kAuto = "auto";

/// The options as they are written, before their values are understood.
struct Written {
  std::vector<std::filesystem::path> models;
  LabelledOptions mail;
  std::string bits{kAuto}, prune{kAuto};
  std::string max_auc_loss = "5%";
  bool json = false;
};

void add_options(Arguments& arguments, Written& written, CompressOptions& options) {
  arguments.add_files("the model, as winnow train wrote it", written.models);
  arguments.add({"--output,-o", "FILE", "the model to write; its card is written beside it as .md"}, options.output);
  arguments.add({"--compare", "FILE", "only measure this smaller model against the first; writes nothing"},
                options.compare);
  add_labelled_options(arguments, written.mail);
  arguments.add({"--bits", "N", "per weight of the table: 2 to 8, 16, 32; auto: the fewest within the bounds"},
                written.bits);
  arguments.add({"--prune", "X", "share of the table's rows left out, 0..1; auto: the largest within the bounds"},
                written.prune);
  arguments.add({"--max-change", "X", "of any probability, 0..1"}, options.bounds.max_change, {0, 1});
  arguments.add({"--max-auc-loss", "X%", "of 1-AUC, relative"}, written.max_auc_loss);
  arguments.add({"--parts", "N", "1 to 16: split the table's rows, each part for a GPU of its own"}, options.parts,
                {1, kMaxShards});
  arguments.add({"--force", "", "write the model whatever is lost"}, options.force);
  arguments.add({"--json", "", "one JSON object instead of the table"}, written.json);
}

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

/// As a Compressor takes it (engine/compressor.h).
bool is_encoding(std::size_t bits) { return (bits >= 2 && bits <= 8) || bits == 16 || bits == 32; }

/// What is wrong with the options; "" when nothing is.
std::string understand(const Written& written, CompressOptions& options) {
  if (written.models.size() != 1) return "one model at a time";
  if (const std::string wrong = wrong_about(written.mail); !wrong.empty()) return wrong;
  options.model = written.models.front();
  options.sources = sources_of(written.mail);
  options.filter = filter_of(written.mail);
  std::size_t bits = 0;
  double prune = 0;
  if (written.bits != kAuto) {
    if (!read_number(written.bits, bits) || !is_encoding(bits))
      return "--bits takes 2 to 8, 16, 32 or auto, not '" + written.bits + "'";
    options.wanted.bits = bits;
  }
  if (written.prune != kAuto) {
    if (!read_number(written.prune, prune) || !(prune >= 0 && prune <= 1))
      return "--prune takes a share 0..1 or auto, not '" + written.prune + "'";
    options.wanted.prune = prune;
  }
  const auto loss = parse_percent(written.max_auc_loss);
  if (!loss) return "--max-auc-loss takes a percentage, not '" + written.max_auc_loss + "'";
  options.bounds.max_auc_loss = *loss;
  if (options.sources.empty()) return "no mail to measure on: give --spam and --ham, or --index";
  if (options.output.empty() == options.compare.empty()) return "give either --output or --compare";
  if (options.output.empty()) return {};
  return wrong_about_outputs({{"--output", options.output}, {"the card of --output", card_of(options.output)}},
                             options.sources, {options.model, card_of(options.model)});
}

int compress_and_report(const CompressOptions& options, bool json) {
  Diagnostics problems;
  CompressReport report;
  bool fine = false;
  {
    Progress progress;
    fine = compress_model(
        options,
        [&progress](const std::string& phase, std::size_t done, std::size_t total) {
          progress.show({phase, done, total, ""});
          return true;
        },
        report, problems);
  }
  // A refusal shows its figures, too: they say what to do.
  const bool measured = report.after.us_alone > 0;
  if (measured && json) std::printf("%s\n", compress_json(report).c_str());
  if (measured && !json) std::fputs(escape_for_terminal(compress_table(report)).c_str(), stdout);
  print_problems(problems);
  return fine ? kFine : kProblems;
}

int run_compress(const Command& self, int argc, char** argv) {
  Written written;
  CompressOptions options;
  Arguments arguments(self);
  add_options(arguments, written, options);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  const std::string choice = arguments.first_given({"--bits", "--prune", "--parts", "--force"});
  if (!options.compare.empty() && !choice.empty())
    return arguments.wrong_usage("--compare writes nothing: no " + choice + " with it");
  const std::string wrong = understand(written, options);
  return wrong.empty() ? compress_and_report(options, written.json) : arguments.wrong_usage(wrong);
}

}  // namespace

const Command kCompressCommand{
    "compress", "make a model's file smaller, measured on labelled mail; mail that it has learnt tells nothing.",
    "0 model written, 1 problems or too much lost, 2 wrong usage",
    "winnow compress site.pt -o small.pt --spam ~/Maildir-2026/.Junk --ham ~/Maildir-2026", run_compress};

}  // namespace winnow
