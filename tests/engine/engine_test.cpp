#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LoadedModel loaded_model(std::vector<std::string> labels = {"spam"}) {
  LoadedModel loaded;
  loaded.manifest.table_size = 1024;
  loaded.manifest.labels = std::move(labels);
  loaded.manifest.calibration.resize(loaded.manifest.labels.size());
  loaded.sha256 = "digest";
  loaded.replicas.push_back(std::make_unique<SumModel>());
  return loaded;
}

std::vector<double> values(const std::optional<std::vector<Probability>>& probabilities) {
  std::vector<double> values;
  for (const Probability& probability : probabilities.value()) values.push_back(probability.value());
  return values;
}

TEST(Engine, TakesFeaturesAndAnswersLogits) {
  const Engine engine(loaded_model(), {});
  const auto ticket = engine.submit(features_of({1, 1}));
  const auto outcome = ticket->wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->logits, ElementsAre(2.0f));
  EXPECT_EQ(engine.sha256(), "digest");
}

TEST(Engine, KeepsTheModelsOwnPriorWhenTheSiteNamesNone) {
  LoadedModel model = loaded_model();
  model.manifest.prior_spam = 0.2;
  const Engine engine(std::move(model), {});
  EXPECT_THAT(values(engine.probabilities({0.0f})), ElementsAre(0.5));
}

TEST(Engine, ShiftsToTheSitesPrior) {
  EngineSettings settings;
  settings.prior_spam = 0.1;
  const Engine engine(loaded_model(), settings);
  EXPECT_NEAR(values(engine.probabilities({0.0f}))[0], 0.1, 1e-12);
}

TEST(Engine, ShiftsSpamOnlyAsThePriorSaysNothingOfOtherLabels) {
  EngineSettings settings;
  settings.prior_spam = 0.1;
  const Engine engine(loaded_model({"spam", "phishing"}), settings);
  EXPECT_NEAR(values(engine.probabilities({0.0f, 0.0f}))[1], 0.5, 1e-12);
}

TEST(Engine, HasNoProbabilitiesWhenALogitIsNotANumber) {
  const Engine engine(loaded_model({"spam", "phishing"}), {});
  EXPECT_FALSE(engine.probabilities({1.0f, std::numeric_limits<float>::quiet_NaN()}));
}

TEST(Engine, HasNoProbabilitiesForAnotherNumberOfLogits) {
  const Engine engine(loaded_model(), {});
  EXPECT_FALSE(engine.probabilities({}));
  EXPECT_FALSE(engine.probabilities({1.0f, 2.0f}));
}

TEST(StartEngine, ReportsThreadsThatCannotBeStarted) {
  LoadedModel model = loaded_model();
  model.replicas.push_back(std::make_unique<SumModel>());
  Diagnostics problems;
  EXPECT_EQ(start_engine(std::move(model), {}, FewThreads(1), problems), nullptr);
  EXPECT_TRUE(problems.has_errors());
  EXPECT_THAT(problems.to_string(), HasSubstr("cannot start the inference threads: Resource temporarily unavailable"));
}

TEST(TokenBatch, PutsMessagesOneAfterTheOther) {
  TokenBatch batch;
  batch.add({7, 8}, {0.5f, 0.25f}, {1.0f});
  batch.add({}, {}, {2.0f});
  batch.add({9}, {1.0f}, {3.0f});
  EXPECT_THAT(batch.tokens, ElementsAre(7, 8, 9));
  EXPECT_THAT(batch.weights, ElementsAre(0.5f, 0.25f, 1.0f));
  EXPECT_THAT(batch.offsets, ElementsAre(0, 2, 2));
  EXPECT_THAT(batch.dense, ElementsAre(1.0f, 2.0f, 3.0f));
  EXPECT_EQ(batch.messages, 3u);
  batch.clear();
  EXPECT_EQ(batch.messages, 0u);
  EXPECT_TRUE(batch.tokens.empty() && batch.weights.empty() && batch.offsets.empty() && batch.dense.empty());
}

TEST(Engine, QueuesAsTheSettingsSay) {
  const auto gate = std::make_shared<Gate>();
  const auto log = std::make_shared<ModelLog>();
  LoadedModel model = loaded_model();
  model.replicas.front() = std::make_unique<SumModel>(log, gate);
  EngineSettings settings;
  settings.max_batch_tokens = 1;
  settings.max_queue_length = 2;
  const Engine engine(std::move(model), settings);
  const auto running = engine.submit(features_of({1}));
  gate->await_arrivals(1);
  const auto first = engine.submit(features_of({2})), second = engine.submit(features_of({3})),
             third = engine.submit(features_of({4}));
  EXPECT_EQ(third->wait_until(std::chrono::steady_clock::now())->error, ScoreError::Busy);
  gate->open();
  ASSERT_TRUE(second->wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  EXPECT_THAT(log->batch_sizes, ElementsAre(1u, 1u, 1u));
}

TEST(Engine, WaitsForOthersAsLongAsTheSettingsSay) {
  EngineSettings settings;
  settings.max_queue_delay = std::chrono::milliseconds(20);
  const Engine engine(loaded_model(), settings);
  const auto outcome =
      engine.submit(features_of({1}))->wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  EXPECT_GE(outcome.value().waited, settings.max_queue_delay);
}

TEST(TokenBatch, ForgetsTheDeadlineOfTheBatchBefore) {
  TokenBatch batch;
  batch.deadline = {};
  batch.clear();
  EXPECT_EQ(batch.deadline, std::chrono::steady_clock::time_point::max());
}

}  // namespace
}  // namespace winnow
