#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/cli/small_model.h"

namespace winnow {
namespace {

TEST(CliTrain, WithoutMailIsWrongUsage) {
  const ToolRun run = run_tool({"train", "-o", "m.pt"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--spam and --ham"), std::string::npos) << run.err;
}

TEST(CliTrain, RefusesNumbersThatNoTrainingCanHave) {
  for (const auto& [option, value] : {std::pair{"--members", "0"},
                                      {"--batch-size", "0"},
                                      {"--batch-size", "-1"},
                                      {"--epochs", "0"},
                                      {"--held-out", "5"},
                                      {"--tails", "-3"},
                                      {"--table-size", "0"},
                                      {"--table-size", "1"},
                                      {"--table-size", "1000"}}) {
    const ToolRun run = run_tool({"train", "--ham", "a", "--spam", "b", "-o", "m.pt", option, value});
    EXPECT_EQ(run.exit_code, 2) << option << " " << value;
    EXPECT_NE(run.err.find(option), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("must be"), std::string::npos) << run.err;
  }
}

TEST(CliTrain, RefusesToLearnTheTestSplit) {
  const ToolRun run = run_tool({"train", "--index", "i.tsv", "--split", "train", "--split", "test", "-o", "m.pt"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--split test"), std::string::npos) << run.err;
}

TEST(CliTrain, RefusesAShapeBesideABase) {
  const ToolRun run =
      run_tool({"train", "--base", "b.pt", "--ham", "a", "--spam", "b", "-o", "m.pt", "--hidden-width", "9"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--hidden-width is for a model from nothing"), std::string::npos) << run.err;
}

TEST(CliCompress, RefusesWhatOnlyAWrittenModelCouldHave) {
  const ToolRun run = run_tool({"compress", "a.pt", "--compare", "b.pt", "--ham", "a", "--spam", "b", "--bits", "4"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("no --bits"), std::string::npos) << run.err;
}

// "-o b.pt" of a model b.md lost the model to its own card.
TEST(CliCompress, RefusesToWriteOverItsModel) {
  for (const auto& [model, output] :
       {std::pair{"m.pt", "m.pt"}, {"m.pt", "./x/../m.pt"}, {"m.md", "m.pt"}, {"m.pt", "m"}, {"m.pt", "m.md"}}) {
    const ToolRun run = run_tool({"compress", model, "-o", output, "--ham", "a", "--spam", "b"});
    EXPECT_EQ(run.exit_code, 2) << model << " " << output;
    EXPECT_NE(run.err.find("--output"), std::string::npos) << run.err;
  }
}

TEST(CliTrain, RefusesAnOutputWhoseCardWouldReplaceTheBase) {
  const ToolRun run = run_tool({"train", "--base", "m.md", "-o", "m.pt", "--ham", "a", "--spam", "b"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("the card"), std::string::npos) << run.err;
}

// The checkpoint is removed when the training is done: the model was written, and gone.
TEST(CliTrain, RefusesACheckpointThatWouldReplaceTheModelItsCardOrTheBase) {
  for (const std::string checkpoint : {"m.pt", "./m.pt", "m.md", "b.pt"}) {
    const ToolRun run =
        run_tool({"train", "--base", "b.pt", "-o", "m.pt", "--checkpoint", checkpoint, "--ham", "a", "--spam", "b"});
    EXPECT_EQ(run.exit_code, 2) << checkpoint;
    EXPECT_NE(run.err.find("--checkpoint would replace "), std::string::npos) << run.err;
  }
}

TEST(CliTrain, WritesOverNoMailThatItLearnsFrom) {
  for (const std::string output : {"s.mbox", "./s.mbox", "h"}) {
    const ToolRun run = run_tool({"train", "-o", output, "--ham", "h.md", "--spam", "s.mbox"});
    EXPECT_EQ(run.exit_code, 2) << output;
    EXPECT_NE(run.err.find("would replace "), std::string::npos) << run.err;
  }
}

TEST(CliTrain, MayGoOnWithABaseUnderItsOwnName) {
  const ToolRun run = run_tool({"train", "--base", "/none/m.pt", "-o", "/none/m.pt", "--ham", "a", "--spam", "b"});
  EXPECT_EQ(run.exit_code, 1) << "no wrong usage, but there is no such file";
  EXPECT_EQ(run.err.find("would replace"), std::string::npos) << run.err;
}

// A model without a name is not loaded: the daemon did not start with it.
TEST(CliTrain, RefusesANameThatNoModelMayHave) {
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string(101, 'x')}) {
    const ToolRun run = run_tool({"train", "-o", "m.pt", "--ham", "a", "--spam", "b", "--name", name});
    EXPECT_EQ(run.exit_code, 2) << name;
    EXPECT_NE(run.err.find("--name takes 1 to 100"), std::string::npos) << run.err;
  }
}

TEST(CliTrain, RefusesAFolderForModelsOfGroupsThatNobodyNamed) {
  const ToolRun run = run_tool({"train", "-o", "m.pt", "--ham", "a", "--spam", "b", "--left-out-models", "d"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("what --leave-out names"), std::string::npos) << run.err;
}

TEST(CliEvaluate, WritesOverNothingThatItReadsOrWrites) {
  for (const auto& [option, file] : {std::pair{"--report", "m.pt"}, {"--scores", "a"}, {"--report", "s.tsv"}}) {
    const ToolRun run =
        run_tool({"evaluate", "--model", "m.pt", "--ham", "a", "--spam", "b", "--scores", "s.tsv", option, file});
    EXPECT_EQ(run.exit_code, 2) << file;
  }
}

TEST(CliTrain, LeavesNothingOutOfWhatABaseHasLearnt) {
  const ToolRun run = run_tool({"train", "--base", "b.pt", "-o", "m.pt", "--leave-out", "a", "--index", "i.tsv"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--leave-out is for a model from nothing"), std::string::npos) << run.err;
}

TEST(CliEvaluate, SaysBeforeItJudgesThatItCannotWrite) {
  for (const char* option : {"--scores", "--report"}) {
    const ToolRun run = run_tool({"evaluate", "--model", "/nowhere/m.pt", "--ham", "a", option, "/nowhere/out"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_NE(run.err.find("cannot write /nowhere/out"), std::string::npos) << run.err;
    EXPECT_EQ(run.err.find("m.pt"), std::string::npos) << run.err;
  }
}

TEST(CliEvaluate, ReportsScoresThatAreAFolder) {
  const ToolRun run = run_tool({"evaluate", "--from-scores", "/"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("cannot read /"), std::string::npos) << run.err;
}

TEST(CliTrain, WithoutAnOutputIsWrongUsage) {
  const ToolRun run = run_tool({"train", "--ham", "a", "--spam", "b"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--output"), std::string::npos) << run.err;
}

TEST(CliEvaluate, WithoutMailIsWrongUsage) { EXPECT_EQ(run_tool({"evaluate"}).exit_code, 2); }

TEST(CliEvaluate, RefusesADateThatIsNone) {
  const ToolRun run = run_tool({"evaluate", "--index", "index.tsv", "--before", "1.5.2022"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("YYYY-MM-DD"), std::string::npos) << run.err;
}

TEST(CliEvaluate, RefusesToSelectFromAnIndexThatIsNotGiven) {
  const ToolRun run = run_tool({"evaluate", "--ham", "a", "--spam", "b", "--split", "test"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("give --index"), std::string::npos) << run.err;
}

TEST(CliEvaluate, RefusesAModelBesideFinishedScores) {
  const ToolRun run = run_tool({"evaluate", "--from-scores", "s.tsv", "--model", "m.pt"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("no --model"), std::string::npos) << run.err;
}

TEST(CliEvaluate, MeasuresTheScoresOfAnotherFilter) {
  const ScratchFolder folder;
  const std::string scores = (folder.path() / "scores.tsv").string(), again = (folder.path() / "again.tsv").string();
  std::ofstream(scores) << "corpus\tpath\tlabel\tprobability\nc\t1.eml\tspam\t0.9\nc\t2.eml\tham\t0.2\n"
                           "c\t3.eml\tham\t0.95\n";
  const ToolRun run = run_tool({"evaluate", "--from-scores", scores, "--json", "--scores", again});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out)["corpora"]["c"]["auc"], 0.5);
  EXPECT_EQ(run_tool({"evaluate", "--from-scores", again, "--json"}).out, run.out);
}

TEST(CliEvaluate, WritesAReportWhereNoNameIsMarkup) {
  const ScratchFolder folder;
  const std::string scores = (folder.path() / "scores.tsv").string(), page = (folder.path() / "out.html").string();
  std::ofstream(scores) << "corpus\tpath\tlabel\tprobability\nc\t<u>\xE2\x80\xAE.eml\tham\t0.9\nc\t2.eml\tspam\t0.2\n";
  const ToolRun run = run_tool({"evaluate", "--from-scores", scores, "--report", page});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::ifstream file(page);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(text.find("&lt;u&gt;\\u{202e}.eml"), std::string::npos);
  EXPECT_EQ(text.find("<u>"), std::string::npos);
}

TEST(CliEvaluate, SaysWhichFileItCannotWrite) {
  const ScratchFolder folder;
  const std::string scores = (folder.path() / "scores.tsv").string();
  std::ofstream(scores) << "corpus\tpath\tlabel\tprobability\nc\t1.eml\tham\t0.9\n";
  const ToolRun run = run_tool({"evaluate", "--from-scores", scores, "--report", "/nowhere/out.html"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/out.html"), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("| c "), std::string::npos) << "what was measured is shown all the same";
}

TEST(CliEvaluate, WritesTheReportWhereTheScoresCannotBe) {
  const ScratchFolder folder;
  const std::string scores = (folder.path() / "scores.tsv").string(), page = (folder.path() / "out.html").string();
  std::ofstream(scores) << "corpus\tpath\tlabel\tprobability\nc\t1.eml\tham\t0.9\n";
  const ToolRun run = run_tool({"evaluate", "--from-scores", scores, "--scores", "/nowhere/s.tsv", "--report", page});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/s.tsv"), std::string::npos) << run.err;
  EXPECT_TRUE(std::filesystem::exists(page));
  const ToolRun neither =
      run_tool({"evaluate", "--from-scores", scores, "--scores", "/nowhere/s.tsv", "--report", "/nowhere/r"});
  EXPECT_NE(neither.err.find("/nowhere/s.tsv"), std::string::npos) << neither.err;
  EXPECT_NE(neither.err.find("/nowhere/r"), std::string::npos) << neither.err;
}

TEST(CliEvaluate, TakesMailOrScoresAndNotBoth) {
  EXPECT_EQ(run_tool({"evaluate", "--from-scores", "s.tsv", "--ham", "h"}).exit_code, 2);
}

TEST(CliEvaluate, NamesTheModelThatIsMissing) {
  const ToolRun run = run_tool({"evaluate", "--model", "/nowhere/m.pt", "--ham", "a"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/m.pt"), std::string::npos) << run.err;
}

TEST(CliCompress, WithoutMailOrOutputIsWrongUsage) {
  const ToolRun no_mail = run_tool({"compress", "m.pt", "-o", "s.pt"});
  EXPECT_EQ(no_mail.exit_code, 2);
  EXPECT_NE(no_mail.err.find("--spam and --ham"), std::string::npos) << no_mail.err;
  const ToolRun no_output = run_tool({"compress", "m.pt", "--ham", "a", "--spam", "b"});
  EXPECT_EQ(no_output.exit_code, 2);
  EXPECT_NE(no_output.err.find("--output or --compare"), std::string::npos) << no_output.err;
}

TEST(CliCompress, NamesTheOptionWhoseValueIsNone) {
  const struct {
    const char *option, *value;
  } wrong[] = {{"--bits", "few"},  {"--bits", "9"},   {"--prune", "some"},       {"--prune", "1.5"},
               {"--prune", "nan"}, {"--parts", "17"}, {"--max-auc-loss", "much"}};
  for (const auto& [option, value] : wrong) {
    const ToolRun run = run_tool({"compress", "m.pt", "-o", "s.pt", "--ham", "a", "--spam", "b", option, value});
    EXPECT_EQ(run.exit_code, 2) << option;
    EXPECT_NE(run.err.find(option), std::string::npos) << run.err;
  }
}

#if WINNOW_HAS_TORCH
TEST(CliTrain, NamesTheMailThatIsMissing) {
  const ScratchFolder folder;
  const std::string output = (folder.path() / "m.pt").string();
  const ToolRun run = run_tool({"train", "--ham", "/nowhere/ham", "--spam", "/nowhere/spam", "-o", output});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("/nowhere/ham"), std::string::npos) << run.err;
}

TEST(CliTrain, WritesAModelThatEvaluateCanMeasure) {
  const ScratchFolder folder;
  write_invented_mail(folder.path());
  const ToolRun training = train_small_model(folder.path(), folder.path() / "model.pt");
  ASSERT_EQ(training.exit_code, 0) << training.err;
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "model.md"));
  EXPECT_EQ(training.err, "") << "progress belongs to terminals";

  const ToolRun run =
      run_tool({"evaluate", "--model", (folder.path() / "model.pt").string(), "--ham", (folder.path() / "ham").string(),
                "--spam", (folder.path() / "spam").string(), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["all"]["ham"], 30);
  EXPECT_EQ(json["all"]["spam"], 30);
  EXPECT_GT(json["all"]["auc"].get<double>(), 0.95);
}

TEST(CliTrain, StopsAtCtrlCAndWritesNoModel) {
  const ScratchFolder folder;
  write_invented_mail(folder.path());
  const std::string output = (folder.path() / "model.pt").string();
  const ToolRun run = interrupt_tool(
      {"train", "--ham", (folder.path() / "ham").string(), "--spam", (folder.path() / "spam").string(), "-o", output,
       "--epochs", "100000", "--held-out", "0.5"},  // enough to train until the signal comes
      SIGINT);
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_NE(run.err.find("warning: stopped"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(output));
}

TEST(CliEvaluate, PrintsTablesByDefault) {
  const SmallInstallation small;
  ASSERT_EQ(small.training().exit_code, 0) << small.training().err;
  const ToolRun run = run_tool(
      {"evaluate", "--model", small.file("model.pt"), "--ham", small.file("ham"), "--spam", small.file("spam")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("| ham"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("95 % of resamples"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("| calibration"), std::string::npos) << run.out;
}

TEST(CliCompress, WritesASmallerModelOrSaysWhatItWouldLose) {
  const SmallInstallation small;
  ASSERT_EQ(small.training().exit_code, 0) << small.training().err;
  std::vector<std::string> arguments{
      "compress", small.file("model.pt"), "--ham", small.file("ham"), "--spam", small.file("spam"), "--json",
      "-o",       small.file("small.pt")};
  const ToolRun run = run_tool(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "") << "progress belongs to terminals";
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["after"]["bytes"], std::filesystem::file_size(small.file("small.pt")));
  EXPECT_LT(json["after"]["bytes"], json["before"]["bytes"]);
  EXPECT_LE(json["change"]["largest"], 0.02);
  EXPECT_TRUE(std::filesystem::exists(small.file("small.md")));

  arguments.back() = small.file("none.pt");
  arguments.insert(arguments.end(), {"--bits", "2", "--prune", "0.99"});
  const ToolRun refused = run_tool(arguments);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("none.pt: error: loses too much"), std::string::npos) << refused.err;
  EXPECT_FALSE(nlohmann::json::parse(refused.out)["within_bounds"].get<bool>());
  EXPECT_FALSE(std::filesystem::exists(small.file("none.pt")));
}
#endif

}  // namespace
}  // namespace winnow
