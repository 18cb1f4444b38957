#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "cli/judgement_text.h"
#include "cli/junit_report.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "cli/test_bench.h"
#include "milter/judge.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

struct TestCounts {
  std::size_t passed = 0, failed = 0;
};

std::string one_line(const std::string& text) { return escape_for_terminal(text, LineBreaks::Escape); }

/// The differences, or why the test could not be run: one a line, without what leads in.
std::vector<std::string> lines_of(const RuleTestResult& result) {
  return result.error.empty() ? result.differences : std::vector<std::string>{result.error};
}

void print_tried(const TriedRules& tried) {
  std::vector<std::vector<std::string>> rows;
  for (const RuleTrial& trial : tried.trials) rows.push_back({"    " + trial.rule, trial_word(trial, tried.decided)});
  const std::string whom = tried.recipient.empty() ? "" : " for " + one_line(tried.recipient);
  std::printf("  rules tried%s%s\n%s", whom.c_str(), rows.empty() ? ": none" : "",
              format_table({{""}, {""}}, rows).c_str());
}

void print_failure(const RuleTest& test, const RuleTestResult& result) {
  std::printf("%s: failed: %s\n", one_line(test.place).c_str(), one_line(test.name).c_str());
  for (const std::string& line : lines_of(result)) std::printf("  %s\n", one_line(line).c_str());
  for (const TriedRules& tried : result.tried) print_tried(tried);
}

JunitCase junit_case(const RuleTest& test, const RuleTestResult& result) {
  std::string failure;
  for (const std::string& line : result.differences) failure += (failure.empty() ? "" : "\n") + line;
  return {test.name, test.place, failure, result.error};
}

JunitSuite run_file(const TestBench& bench, const RuleTestFile& file, TestCounts& counts) {
  const std::vector<RuleTestResult> results = bench.run(file);
  JunitSuite suite{file.file.string(), {}};
  for (std::size_t i = 0; i < results.size(); ++i) {
    ++(results[i].passed() ? counts.passed : counts.failed);
    if (!results[i].passed()) print_failure(file.tests[i], results[i]);
    suite.cases.push_back(junit_case(file.tests[i], results[i]));
  }
  return suite;
}

std::vector<RuleTestFile> read_files(const std::vector<std::filesystem::path>& paths, Diagnostics& problems) {
  std::vector<RuleTestFile> files;
  for (const std::filesystem::path& path : paths) {
    if (auto file = read_rule_test_file(path, problems, feature_names())) files.push_back(std::move(*file));
  }
  return files;
}

int run_all(const TestBench& bench, const std::vector<RuleTestFile>& files, const std::filesystem::path& junit) {
  TestCounts counts;
  std::vector<JunitSuite> suites;
  for (const RuleTestFile& file : files) suites.push_back(run_file(bench, file, counts));
  std::printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
  if (!junit.empty()) {
    if (const Status written = write_whole_file(junit, junit_report(suites)); !written) {
      std::fprintf(stderr, "%s\n", one_line(written.error()).c_str());
      return kProblems;
    }
  }
  return counts.failed > 0 ? kProblems : kFine;
}

int run_test(const Command& self, int argc, char** argv) {
  SnapshotOptions chosen;
  std::filesystem::path junit;
  std::vector<std::filesystem::path> paths;
  Arguments arguments(self);
  arguments.add_files("tests of rules, as YAML", paths);
  add_snapshot_options(arguments, chosen);
  arguments.add({"--junit", "FILE", "also write the results as JUnit XML"}, junit);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;

  Diagnostics problems;
  TestBench bench(chosen);
  const std::vector<RuleTestFile> files = read_files(paths, problems);
  const bool ready = bench.load(files, problems);
  print_problems(problems);
  return ready ? run_all(bench, files, junit) : kProblems;
}

}  // namespace

const Command kTestCommand{"test", "run the site's own tests of its rules, and show what each failed one got instead.",
                           "0 all passed, 1 a test failed or problems, 2 wrong usage",
                           "winnow test /etc/winnow/tests/*.yaml", run_test};

}  // namespace winnow
