#include "models/compress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "engine/model_file.h"
#include "engine/torch_backend.h"
#include "models/judged_mail.h"
#include "models/train.h"
#include "models/whole_file.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

using testing::HasSubstr;

constexpr std::size_t kOfEach = 60;

/// Both kinds share most of their words, so that probabilities lie between the ends, where they move.
std::string invented(bool spam, std::size_t number) {
  const std::vector<std::string> words{"meeting", "minutes", "garden", "prize", "winner", "claim", "roof", "urgent"};
  const std::string& own = words[(number * 3 + (spam ? 3 : 0)) % 5 + (spam ? 3 : 0)];
  return "From: <a" + std::to_string(number) + "@example.org>\nTo: <b@example.net>\nSubject: " + own + " " +
         std::to_string(number * 7919 % 1000) + "\n\n" + words[number % 8] + " and " + words[number / 8 % 8] +
         ", number " + std::to_string(number * (spam ? 31 : 17)) + ".\n";
}

class Compress : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    if (load_torch_backend(error) == nullptr) GTEST_SKIP() << error;
    for (std::size_t i = 0; i < kOfEach; ++i) {
      folder_.write("spam/" + std::to_string(i), invented(true, i));
      folder_.write("ham/" + std::to_string(i), invented(false, i));
    }
    options_.sources = {{folder_.path() / "spam", Label::Spam}, {folder_.path() / "ham", Label::Ham}};
    options_.model = folder_.path() / "site.pt";
    options_.output = folder_.path() / "small.pt";
    options_.bounds.max_auc_loss = 0.5;  // few messages: one pair that changes places is much
    train();
  }

  void train() {
    TrainOptions training;
    training.sources = options_.sources;
    training.output = options_.model;
    training.created = "2026-01-02";
    training.architecture.table_size = 1u << 13;
    training.architecture.embedding_width = 64;  // few words: a wide table, so that it is most of the file
    training.held_out = 0.25;
    training.epochs = 2;
    training.batch_size = 16;
    TrainReport report;
    ASSERT_TRUE(train_model(
        training, [](const TrainProgress&) { return true; }, report, problems_))
        << problems_.to_string();
  }

  bool compress() {
    problems_ = {};
    report_ = {};
    return compress_model(
        options_, [](const std::string&, std::size_t, std::size_t) { return true; }, report_, problems_);
  }

  std::vector<ScoredMail> scores_of(const std::filesystem::path& model) {
    EngineSettings settings;
    settings.model = model;
    settings.device = "cpu";
    const auto engine = make_engine(settings, problems_);
    if (engine == nullptr) return {};
    return score_mail(
        *engine, {options_.sources}, [](std::size_t, std::size_t) { return true; }, problems_);
  }

  test::TempFolder folder_;
  CompressOptions options_;
  CompressReport report_;
  Diagnostics problems_;
};

TEST_F(Compress, WritesAModelThatServesTheSameProbabilitiesWithinTheBound) {
  ASSERT_TRUE(compress()) << problems_.to_string();
  const auto before = scores_of(options_.model), after = scores_of(options_.output);
  ASSERT_EQ(before.size(), 2 * kOfEach);
  ASSERT_EQ(after.size(), before.size());
  double largest = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    largest = std::max(largest, std::abs(after[i].probability - before[i].probability));
  EXPECT_LE(largest, options_.bounds.max_change);
  EXPECT_NEAR(largest, report_.chosen.loss.max_change, 1e-6) << "what was told is what is served";
  EXPECT_LT(std::filesystem::file_size(options_.output), std::filesystem::file_size(options_.model) / 2);
}

TEST_F(Compress, ReportsBothModelsAsTheyAre) {
  ASSERT_TRUE(compress()) << problems_.to_string();
  EXPECT_EQ(report_.name, "local");
  EXPECT_EQ(report_.ham, kOfEach);
  EXPECT_EQ(report_.spam, kOfEach);
  EXPECT_TRUE(report_.within_bounds);
  EXPECT_EQ(report_.before.bytes, std::filesystem::file_size(options_.model));
  EXPECT_EQ(report_.after.bytes, std::filesystem::file_size(options_.output));
  EXPECT_GT(report_.before.us_alone, 0);
  EXPECT_GT(report_.after.us_batched, 0);
  EXPECT_NEAR(report_.before.one_minus_auc, evaluate(scores_of(options_.model)).one_minus_auc, 1e-9);
  EXPECT_NEAR(report_.after.one_minus_auc, evaluate(scores_of(options_.output)).one_minus_auc, 1e-9);
  std::string bytes;
  ASSERT_TRUE(read_whole_file(options_.output, bytes));
  EXPECT_EQ(report_.sha256, sha256_hex(bytes));
}

TEST_F(Compress, WritingEveryWeightAsItIsChangesNoBit) {
  options_.wanted = {32, 0.0};
  ASSERT_TRUE(compress()) << problems_.to_string();
  EXPECT_EQ(report_.chosen.loss.max_change, 0);
  EXPECT_LT(report_.chosen.shape.touched, report_.chosen.shape.rows);
  EXPECT_EQ(report_.chosen.shape.kept, report_.chosen.shape.touched);
}

TEST_F(Compress, SplitsTheModelIntoPartsThatServeTheSameProbabilities) {
  options_.wanted = {32, 0.0};
  options_.parts = 3;
  ASSERT_TRUE(compress()) << problems_.to_string();
  EXPECT_LT(report_.chosen.loss.max_change, 1e-5);
  EngineSettings settings;
  settings.device = std::vector<std::string>{"cpu", "cpu"};
  settings.model = options_.output;
  const auto parts = load_model(settings, problems_);
  ASSERT_TRUE(parts) << problems_.to_string();
  EXPECT_EQ(parts->manifest.stages.size(), 2u);
  EXPECT_EQ(parts->manifest.stages[0].parts.size(), 3u);
  EXPECT_EQ(parts->manifest.compress[0].step, "floats, in 3 parts");
  ASSERT_EQ(parts->forms.size(), 1u);
  EXPECT_EQ(parts->forms[0], "cpu+cpu, frozen in 4 parts");
}

TEST_F(Compress, PutsAModelInPartsTogetherAgain) {
  options_.wanted = {32, 0.0};
  options_.parts = 2;
  ASSERT_TRUE(compress()) << problems_.to_string();
  options_.model = options_.output;
  options_.output = folder_.path() / "whole.pt";
  options_.parts = 1;
  ASSERT_TRUE(compress()) << problems_.to_string();
  EXPECT_LT(report_.chosen.loss.max_change, 1e-5);
  EngineSettings settings;
  settings.device = "cpu";
  settings.model = options_.output;
  const auto whole = load_model(settings, problems_);
  ASSERT_TRUE(whole) << problems_.to_string();
  EXPECT_TRUE(whole->manifest.stages.empty());
}

TEST_F(Compress, ManifestKeepsWhatItSaidAndTellsWhatWasDone) {
  ASSERT_TRUE(compress()) << problems_.to_string();
  EngineSettings settings;
  settings.device = "cpu";
  settings.model = options_.model;
  const auto before = load_model(settings, problems_);
  settings.model = options_.output;
  const auto after = load_model(settings, problems_);
  ASSERT_TRUE(before && after) << problems_.to_string();
  EXPECT_EQ(after->manifest.name, before->manifest.name);
  EXPECT_EQ(after->manifest.calibration[0].slope, before->manifest.calibration[0].slope);
  EXPECT_EQ(after->manifest.metrics_json, before->manifest.metrics_json);
  EXPECT_TRUE(before->manifest.compress.empty());
  ASSERT_EQ(after->manifest.compress.size(), 1u);
  const CompressStep& step = after->manifest.compress[0];
  EXPECT_EQ(step.step, encoding_name(report_.chosen.encoding));
  EXPECT_EQ(step.made_from, before->sha256);
  EXPECT_EQ(step.messages, 2 * kOfEach);
  EXPECT_EQ(step.max_change, report_.chosen.loss.max_change);
}

TEST_F(Compress, RefusesToLoseMoreThanAllowedAndWritesNothing) {
  options_.wanted = {2, 0.9};
  EXPECT_FALSE(compress());
  EXPECT_FALSE(report_.within_bounds);
  EXPECT_THAT(problems_.to_string(), HasSubstr("small.pt: error: loses too much: a probability moves by 0."));
  EXPECT_THAT(problems_.to_string(), HasSubstr("--force"));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "small.md"));
  options_.force = true;
  EXPECT_TRUE(compress()) << problems_.to_string();
  EXPECT_FALSE(report_.within_bounds);
  EXPECT_TRUE(std::filesystem::exists(options_.output));
}

TEST_F(Compress, SaysBeforeItReadsThatItCannotWrite) {
  options_.output = folder_.path() / "nowhere/small.pt";
  EXPECT_FALSE(compress());
  EXPECT_EQ(report_.ham, 0u);
  EXPECT_THAT(problems_.to_string(), HasSubstr("cannot write " + options_.output.string()));
}

TEST_F(Compress, CompressesWhatIsCompressedAlready) {
  options_.wanted = {8, 0.0};
  ASSERT_TRUE(compress()) << problems_.to_string();
  options_.model = options_.output;
  options_.output = folder_.path() / "smaller.pt";
  options_.wanted = {5, 0.1};
  options_.force = true;
  ASSERT_TRUE(compress()) << problems_.to_string();
  EXPECT_LT(report_.after.bytes, report_.before.bytes);
  EngineSettings settings;
  settings.device = "cpu";
  settings.model = options_.output;
  const auto twice = load_model(settings, problems_);
  ASSERT_TRUE(twice) << problems_.to_string();
  EXPECT_EQ(twice->manifest.compress.size(), 2u);
}

TEST_F(Compress, ComparesTwoModelsWithoutWriting) {
  options_.wanted = {3, 0.0};
  options_.force = true;
  ASSERT_TRUE(compress()) << problems_.to_string();
  const double largest = report_.chosen.loss.max_change;
  options_.compare = options_.output;
  options_.output.clear();
  options_.wanted = {};
  EXPECT_TRUE(compress()) << problems_.to_string();
  EXPECT_EQ(report_.chosen.loss.max_change, largest);
  EXPECT_EQ(report_.after.bytes, std::filesystem::file_size(options_.compare));
  EXPECT_EQ(report_.sha256, "");
  options_.force = false;
  options_.bounds.max_change = largest / 2;
  EXPECT_FALSE(compress());
  EXPECT_THAT(problems_.to_string(), HasSubstr("small.pt: error: loses too much"));
}

TEST_F(Compress, WantsMailOfBothLabels) {
  options_.sources.pop_back();
  EXPECT_FALSE(compress());
  EXPECT_THAT(problems_.to_string(), HasSubstr("too little mail to measure on: 0 ham and 60 spam"));
}

TEST_F(Compress, EndsWhenToldToAndWritesNothing) {
  EXPECT_FALSE(compress_model(
      options_, [](const std::string& phase, std::size_t done, std::size_t) { return phase == "reading" || done < 3; },
      report_, problems_));
  EXPECT_FALSE(std::filesystem::exists(options_.output));
}

TEST_F(Compress, CardTellsWhatWasLostAndWhatItWasMadeFrom) {
  ASSERT_TRUE(compress()) << problems_.to_string();
  std::string card;
  ASSERT_TRUE(read_whole_file(folder_.path() / "small.md", card));
  EXPECT_EQ(card.rfind("# Model local, compressed\n", 0), 0u);
  EXPECT_THAT(card, HasSubstr(report_.sha256));
  EXPECT_THAT(card, HasSubstr(compress_table(report_)));
  EXPECT_THAT(card, HasSubstr("\n## Model local\n"));
  EXPECT_THAT(card, HasSubstr("\n### Learnt from\n"));
}

TEST(CompressText, HasFiguresAsTableAndJson) {
  CompressReport report;
  report.name = "example";
  report.ham = 40;
  report.spam = 20;
  report.chosen = {{5, 0.25}, {4096, 5, 2000, 1500}, 2048, {0.0123, 0.004, 0.1}};
  report.before = {8192, 20, 10, 0.001, 0.02};
  report.after = {2048, 20, 10, 0.0011, 0.02};
  report.within_bounds = true;
  const std::string table = compress_table(report);
  EXPECT_THAT(table, testing::ContainsRegex("KiB on disk +\\| +8 \\| +2 \\| +0.250 \\|"));
  EXPECT_THAT(table, testing::ContainsRegex("1-AUC % +\\| +0.1000 \\| +0.1100 \\| +1.100 \\|"));
  EXPECT_THAT(table, HasSubstr("Table: 5-bit codebook, 25 % of the rows left out."));
  EXPECT_THAT(table, HasSubstr("on 40 ham and 20 spam: largest 0.0123, 99 % of them at most 0.0040."));
  const auto json = nlohmann::json::parse(compress_json(report));
  EXPECT_EQ(json["before"]["bytes"], 8192);
  EXPECT_EQ(json["table"]["kept"], 1500);
  EXPECT_EQ(json["change"]["largest"], 0.0123);
  EXPECT_TRUE(json["sha256"].is_null());
}

TEST(LossBetween, IsTheLargestChangeAndTheNinetyNinthOfAHundred) {
  std::vector<double> before(101, 0.5), after(101, 0.5);
  after[7] = 0.1;
  after[8] = 0.75;
  const Loss loss = loss_between(before, after);
  EXPECT_DOUBLE_EQ(loss.max_change, 0.4);
  EXPECT_DOUBLE_EQ(loss.p99_change, 0.25);
  EXPECT_EQ(loss_between({}, {}).max_change, 0);
}

}  // namespace
}  // namespace winnow
