#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/cli/run_tool.h"

namespace winnow {
namespace {

constexpr const char* kCommands[] = {"check",  "classify", "explain",  "test",     "replay",
                                     "learn",  "train",    "evaluate", "compress", "facts",
                                     "config", "schema",   "send",     "status",   "bench"};

std::string golden(const std::string& name) {
  std::ifstream file(std::string(WINNOW_TEST_DATA) + "/cli/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CliHelp, IsTheGoldenTextForEveryCommand) {
  std::string all = run_tool({"--help"}).out;
  for (const char* command : kCommands) all += "\n" + run_tool({command, "--help"}).out;
  EXPECT_EQ(all, golden("help.txt"));
}

TEST(CliHelp, HasFourPartsForEveryCommand) {
  for (const char* command : kCommands) {
    const ToolRun run = run_tool({command, "--help"});
    EXPECT_EQ(run.exit_code, 0) << command;
    EXPECT_EQ(run.out.rfind("winnow " + std::string(command) + " - ", 0), 0u) << run.out;
    for (const char* part : {"\nusage: winnow ", "\nexit: 0 ", "\nexample: winnow "}) {
      EXPECT_NE(run.out.find(part), std::string::npos) << command << " lacks " << part;
    }
  }
}

// The examples measured a model on the mail that it had been trained on.
TEST(CliHelp, MeasuresOnOtherMailThanItTrainsOn) {
  const auto ham_of = [](const char* command) {
    const std::string help = run_tool({command, "--help"}).out;
    const std::size_t begin = help.find("--ham ", help.find("\nexample: ")) + 6;
    return help.substr(begin, help.find_first_of(" \n", begin) - begin);
  };
  for (const char* command : {"evaluate", "compress"}) EXPECT_NE(ham_of(command), ham_of("train")) << command;
}

TEST(CliMain, WithoutACommandIsWrongUsageAndSaysWhatThereIs) {
  const ToolRun run = run_tool({});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("classify"), std::string::npos);
  EXPECT_EQ(run.out, "");
}

TEST(CliMain, NamesTheNearestCommandForAnUnknownOne) {
  const ToolRun run = run_tool({"clasify"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.err, "winnow: no command 'clasify' (did you mean 'classify'?); see 'winnow --help'\n");
}

TEST(CliMain, PrintsItsVersion) { EXPECT_EQ(run_tool({"--version"}).out.rfind("winnow ", 0), 0u); }

TEST(CliFacts, ListsEveryFactWithTypeAndMeaning) {
  const ToolRun run = run_tool({"facts"});
  EXPECT_EQ(run.exit_code, 0);
  for (const char* fact : {"spam ", "authenticated ", "client.ip ", "mail_from.domain ", "gtube "}) {
    EXPECT_NE(run.out.find(std::string("\n") + fact), std::string::npos) << fact;
  }
}

TEST(CliOutput, ThatCannotBeWrittenIsAProblem) {
  for (const char* command : {"--help", "schema rules"}) {
    const ToolRun run =
        run_program("/bin/sh", {"-c", std::string("exec \"$0\" ") + command + " > /dev/full", WINNOW_TOOL});
    EXPECT_EQ(run.exit_code, 1) << command;
    EXPECT_NE(run.err.find("standard output"), std::string::npos) << run.err;
  }
}

}  // namespace
}  // namespace winnow
