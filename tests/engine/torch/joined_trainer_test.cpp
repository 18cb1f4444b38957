#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/trainer.h"
#include "tests/engine/torch/trainer_lesson.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

TEST(JoinedTrainer, JoinedModelsAnswerWithTheirMean) {
  ArchitectureSpec spec = small_architecture();
  spec.labels = 2;
  const TokenBatch batch = lesson(1000).batch;
  std::vector<std::unique_ptr<Trainer>> members;
  std::vector<float> sum(batch.messages * spec.labels, 0.0f);
  for (const std::uint64_t seed : {1, 2, 3}) {
    OptimizerSpec optimizer;
    optimizer.seed = seed;
    members.push_back(make(spec, optimizer));
    Lesson now = lesson(static_cast<int>(seed));
    std::vector<float> targets;
    for (const float target : now.targets) targets.insert(targets.end(), {target, 1 - target});
    double loss = 0;
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(members.back()->step(now.batch, targets, std::vector<float>(targets.size(), 1.0f), loss));
    const auto logits = predict(*members.back(), batch);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += logits[i];
  }
  ASSERT_TRUE(members[0]->absorb(*members[1], {0.5, 0.5}));
  ASSERT_TRUE(members[0]->absorb(*members[2], {2 / 3.0, 1 / 3.0}));
  const auto mean = predict(*members[0], batch);
  ASSERT_EQ(mean.size(), sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) EXPECT_NEAR(mean[i], sum[i] / 3, 1e-4) << i;
}

TEST(JoinedTrainer, JoinedModelIsSavedButNotTrainedOn) {
  const auto one = make(small_architecture()), two = make(small_architecture());
  train(*one, 0, 20);
  train(*two, 20, 40);
  ASSERT_TRUE(one->absorb(*two, {0.5, 0.5}));
  const Lesson now = lesson(1);
  const auto shipped = run_shipped(*one, now.batch), joined = predict(*one, now.batch);
  for (std::size_t i = 0; i < joined.size(); ++i) EXPECT_NEAR(shipped[i], joined[i], 0.05 + 0.05 * std::abs(joined[i]));
  double loss = 0;
  EXPECT_THAT(one->step(now.batch, now.targets, now.importance, loss).error(), HasSubstr("not trained any more"));
  std::string bytes;
  EXPECT_FALSE(one->checkpoint(bytes));
}

/// The logits of a linear model are linear in its weights, so those of a blend are known.
TEST(JoinedTrainer, BlendedModelsHaveTheWeightedSumOfTheirWeights) {
  ArchitectureSpec linear = small_architecture();
  linear.embedding_width = linear.hidden_width = 0;
  OptimizerSpec fast;
  fast.learning_rate = 0.05;
  const auto one = make(linear, fast), two = make(linear, fast);
  train(*one, 0, 20);
  train(*two, 20, 80);
  const Lesson now = lesson(1000);
  const auto first = predict(*one, now.batch), second = predict(*two, now.batch);
  ASSERT_GT(std::abs(first[0] - second[0]), 0.1);
  ASSERT_TRUE(one->blend(*two, {0.25, 0.75}));
  const auto blended = predict(*one, now.batch);
  for (std::size_t i = 0; i < blended.size(); ++i)
    EXPECT_NEAR(blended[i], 0.25 * first[i] + 0.75 * second[i], 1e-4) << i;
}

TEST(JoinedTrainer, BlendingTakesEveryWeightAndEndsTheTraining) {
  const auto one = make(small_architecture()), two = make(small_architecture());
  train(*one, 0, 20);
  train(*two, 0, 60);
  const Lesson now = lesson(1000);
  ASSERT_NE(predict(*one, now.batch), predict(*two, now.batch));
  ASSERT_TRUE(one->blend(*two, {0, 1}));
  EXPECT_EQ(predict(*one, now.batch), predict(*two, now.batch));
  double loss = 0;
  EXPECT_THAT(one->step(now.batch, now.targets, now.importance, loss).error(), HasSubstr("not trained any more"));
}

TEST(JoinedTrainer, LinearModelLearnsAndJoinsADeepOne) {
  ArchitectureSpec linear = small_architecture();
  linear.embedding_width = linear.hidden_width = 0;
  OptimizerSpec fast;
  fast.learning_rate = 0.05;
  const auto flat = make(linear, fast), deep = make(small_architecture());
  EXPECT_LT(train(*flat, 0, 200), 0.3);
  train(*deep, 0, 20);
  const Lesson now = lesson(1000);
  const auto by_flat = predict(*flat, now.batch), by_deep = predict(*deep, now.batch);
  const auto shipped = run_shipped(*flat, now.batch);
  for (std::size_t i = 0; i < by_flat.size(); ++i) EXPECT_NEAR(shipped[i], by_flat[i], 1e-4) << i;
  ASSERT_TRUE(deep->absorb(*flat, {0.25, 2}));
  const auto joined = predict(*deep, now.batch);
  for (std::size_t i = 0; i < joined.size(); ++i) EXPECT_NEAR(joined[i], 0.25 * by_deep[i] + 2 * by_flat[i], 1e-3) << i;
}

TEST(JoinedTrainer, RefusesToJoinAndToBlendModelsOfOtherShape) {
  ArchitectureSpec other = small_architecture();
  other.table_size = 128;
  const auto one = make(small_architecture()), two = make(other);
  EXPECT_THAT(one->absorb(*two, {}).error(), HasSubstr("differ"));
  const Lesson now = lesson(1);
  const auto before = predict(*one, now.batch);
  EXPECT_THAT(one->blend(*two, {}).error(), HasSubstr("differ"));
  EXPECT_EQ(predict(*one, now.batch), before);
}

TEST(JoinedTrainer, RefusesToJoinAndToBlendModelsOfOtherRows) {
  std::unique_ptr<Trainer> one, two;
  ASSERT_TRUE(backend().make_trainer(small_architecture(), {1, 2}, {}, one));
  ASSERT_TRUE(backend().make_trainer(small_architecture(), {1, 3}, {}, two));
  EXPECT_THAT(one->absorb(*two, {}).error(), HasSubstr("differ"));
  EXPECT_THAT(one->blend(*two, {}).error(), HasSubstr("differ"));
}

}  // namespace
}  // namespace winnow
