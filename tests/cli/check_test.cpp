#include <gtest/gtest.h>

#include "tests/cli/run_tool.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

TEST(CliCheck, ReportsProblemsOfSettingsAndExitsWithOne) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "milter:\n  deadlin: 4s\nengine:\n  max_batch_size: none\n");
  const ToolRun run = run_tool({"check", "--config", file.string()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("winnow.yaml:2:3: error: "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("did you mean 'deadline'?"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("winnow.yaml:4:19: error: "), std::string::npos) << run.err;
}

TEST(CliCheck, NamesTheFileThatIsMissing) {
  const ToolRun run = run_tool({"check", "--config", "/nowhere/winnow.yaml"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/winnow.yaml"), std::string::npos) << run.err;
}

TEST(CliCheck, ReportsBadRulesAndAMissingModelTogether) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "engine: { model: absent.pt }\nrules: [rules.yaml]\n");
  folder.write("rules.yaml", "version: 1\nrules:\n  - id: a\n    when: probabilty >= 90%\n    then: [junk]\n");
  const ToolRun run = run_tool({"check", "--config", file.string()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("rules.yaml:4:11: error: "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("absent.pt"), std::string::npos) << run.err;
}

TEST(CliConfig, ShowsEveryKeyWithItsOrigin) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "milter:\n  deadline: 2s\n");
  const ToolRun run = run_tool({"config", "--config", file.string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("milter.deadline: 2s"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("winnow.yaml:2"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("milter.on_error: accept"), std::string::npos) << run.out;
}

TEST(CliConfig, ShowsWhatHoldsForARecipientAndWhichLineSaysSo) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "rules: [rules.yaml]\n");
  folder.write("rules.yaml",
               "thresholds: {junk: 90%}\noverrides:\n  - for: [\"@shop.example\"]\n    thresholds: {junk: 97%}\n"
               "    ceiling: junk\n    rules:\n      - {id: own, when: spam > 99%, then: [reject]}\n"
               "rules:\n  - {id: junk, when: spam >= junk, then: [junk]}\n");
  const ToolRun run = run_tool({"config", "--config", file.string(), "--for", "a@shop.example"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const std::string name = file.parent_path() / "rules.yaml";
  EXPECT_EQ(run.out,
            "setting  value                               from\n"
            "junk     97%                                 " +
                name +
                ":4\n"
                "flag     50%                                 default\n"
                "ceiling  junk                                " +
                name +
                ":5\n"
                "rule     own                                 " +
                name +
                ":7\n"
                "rules    1 for everybody, after those above\n");
}

/// The daemon brings addresses to one spelling; the command showed the defaults for all others.
TEST(CliConfig, AsksForAnAddressInTheSpellingOfTheDaemon) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "rules: [rules.yaml]\n");
  folder.write("rules.yaml",
               "overrides:\n  - {for: [a@shop.example], from: [\"@b.example\"], thresholds: {junk: 97%}}\n"
               "rules:\n  - {id: junk, when: spam >= junk, then: [junk]}\n");
  for (const char* recipient : {"<a@shop.example>", "\"a\"@shop.example.", " a@shop.example "}) {
    const ToolRun run = run_tool({"config", "--config", file.string(), "--for", recipient, "--from", "<x@b.example>"});
    EXPECT_NE(run.out.find("junk     97%"), std::string::npos) << recipient << "\n" << run.out;
  }
}

#if !WINNOW_HAS_TORCH
TEST(CliCheck, WithoutThePluginSaysHowToGetIt) {
  const ScratchFolder folder;
  const auto file = folder.write("winnow.yaml", "engine: { model: model.pt }\nrules: [rules.yaml]\n");
  folder.write("model.pt", "any octets");
  folder.write("rules.yaml", "version: 1\nrules:\n  - id: a\n    when: spam >= 90%\n    then: [junk]\n");
  const ToolRun run = run_tool({"check", "--config", file.string()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("build Winnow with -DWINNOW_TORCH=ON"), std::string::npos) << run.err;
}
#endif

/// All settings were printed, and nothing said that the option had no effect.
TEST(CliConfig, WantsARecipientBesideASender) {
  const ToolRun run = run_tool({"config", "--from", "a@shop.example"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--for"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace winnow
