#include "engine/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kDense = 3;

ArchitectureSpec small_architecture() {
  ArchitectureSpec spec;
  spec.table_size = 256;
  spec.embedding_width = 4;
  spec.dense_width = kDense;
  spec.hidden_width = 8;
  return spec;
}

std::unique_ptr<Trainer> make(const ArchitectureSpec& architecture, const OptimizerSpec& optimizer = {}) {
  std::unique_ptr<Trainer> trainer;
  const Status status = backend().make_trainer(architecture, optimizer, trainer);
  EXPECT_TRUE(status) << status.error();
  return trainer;
}

struct Lesson {
  TokenBatch batch;
  std::vector<float> targets, importance;
};

/// Spam has tokens 10..19, ham 20..29, both share 30..39; the seed only moves which.
Lesson lesson(int seed) {
  Lesson lesson;
  for (int message = 0; message < 16; ++message) {
    const bool spam = message % 2 == 0;
    std::vector<std::int64_t> tokens;
    for (int i = 0; i < 4; ++i) tokens.push_back((spam ? 10 : 20) + (seed * 7 + message + i * 3) % 10);
    for (int i = 0; i < 4; ++i) tokens.push_back(30 + (seed + message * 3 + i) % 10);
    lesson.batch.add(tokens, std::vector<float>(tokens.size(), 0.35f), {0.1f, 0.2f * static_cast<float>(message % 3), 1});
    lesson.targets.push_back(spam ? 1.0f : 0.0f);
  }
  lesson.importance.assign(lesson.targets.size(), 1.0f);
  return lesson;
}

double train(Trainer& trainer, int first, int last) {
  double loss = 0;
  for (int i = first; i < last; ++i) {
    const Lesson now = lesson(i);
    const Status status = trainer.step(now.batch, now.targets, now.importance, loss);
    EXPECT_TRUE(status) << status.error();
  }
  return loss;
}

std::vector<float> predict(Trainer& trainer, const TokenBatch& batch) {
  std::vector<float> logits;
  const Status status = trainer.predict(batch, logits);
  EXPECT_TRUE(status) << status.error();
  return logits;
}

std::vector<float> run_shipped(Trainer& trainer, const TokenBatch& batch, std::string* archive = nullptr) {
  std::string bytes;
  Status status = trainer.save("{}", bytes);
  EXPECT_TRUE(status) << status.error();
  std::unique_ptr<Model> model;
  status = backend().load(bytes, {}, model);
  EXPECT_TRUE(status) << status.error();
  std::vector<float> logits;
  if (model) status = model->run(batch, logits);
  EXPECT_TRUE(status) << status.error();
  if (archive != nullptr) *archive = bytes;
  return logits;
}

TEST(Trainer, LearnsToTellSpamFromHam) {
  const auto trainer = make(small_architecture());
  const double first = train(*trainer, 0, 1), last = train(*trainer, 1, 60);
  EXPECT_LT(last, first / 3);
  const Lesson unseen = lesson(1000);
  const auto logits = predict(*trainer, unseen.batch);
  for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_EQ(logits[i] > 0, unseen.targets[i] == 1) << i;
}

TEST(Trainer, SavedModelAnswersAsTheTrainerDoes) {
  const auto trainer = make(small_architecture());
  train(*trainer, 0, 60);
  const TokenBatch batch = lesson(1000).batch;
  EXPECT_EQ(run_shipped(*trainer, batch), predict(*trainer, batch));
}

TEST(Trainer, RowsThatNoTokenTouchedStayExactlyZero) {
  ArchitectureSpec spec = small_architecture();
  OptimizerSpec optimizer;
  optimizer.weight_decay = 0.001;
  const auto trainer = make(spec, optimizer);
  train(*trainer, 0, 20);
  TokenBatch untouched, empty;
  untouched.add({100, 200, 255}, {1, 1, 1}, {0.1f, 0.2f, 0.3f});
  empty.add({}, {}, {0.1f, 0.2f, 0.3f});
  EXPECT_EQ(predict(*trainer, untouched), predict(*trainer, empty));
  EXPECT_EQ(run_shipped(*trainer, untouched), run_shipped(*trainer, empty));
}

/// Files have no SMTP session, so what it tells is 0 in all training mail; the random weights such a feature began with
/// moved the verdicts of mail that came in by SMTP.
TEST(Trainer, DenseFeatureThatTrainingNeverSawDoesNotCount) {
  const auto trainer = make(small_architecture());
  for (int i = 0; i < 10; ++i) {
    Lesson now = lesson(i);
    for (std::size_t at = 2; at < now.batch.dense.size(); at += kDense) now.batch.dense[at] = 0;
    double loss = 0;
    ASSERT_TRUE(trainer->step(now.batch, now.targets, now.importance, loss));
  }
  TokenBatch with, without, seen;
  with.add({12}, {1}, {0.1f, 0.2f, 1.0f});
  without.add({12}, {1}, {0.1f, 0.2f, 0.0f});
  seen.add({12}, {1}, {0.1f, 1.0f, 0.0f});
  EXPECT_EQ(run_shipped(*trainer, with), run_shipped(*trainer, without));
  EXPECT_NE(run_shipped(*trainer, seen), run_shipped(*trainer, without));
}

TEST(Trainer, GoesOnBitForBitFromACheckpoint) {
  const auto original = make(small_architecture());
  train(*original, 0, 10);
  std::string bytes;
  ASSERT_TRUE(original->checkpoint(bytes));
  const auto resumed = make(small_architecture());
  train(*resumed, 50, 53);  // what it was before must not show through
  const Status status = resumed->restore(bytes);
  ASSERT_TRUE(status) << status.error();
  EXPECT_EQ(train(*original, 10, 20), train(*resumed, 10, 20));
  const TokenBatch batch = lesson(1000).batch;
  EXPECT_EQ(predict(*original, batch), predict(*resumed, batch));
}

TEST(Trainer, SameSeedGivesTheSameModelAnotherSeedAnother) {
  OptimizerSpec other_seed;
  other_seed.seed = 2;
  const auto first = make(small_architecture()), second = make(small_architecture());
  const auto other = make(small_architecture(), other_seed);
  for (const auto& trainer : {first.get(), second.get(), other.get()}) train(*trainer, 0, 5);
  const TokenBatch batch = lesson(1000).batch;
  EXPECT_EQ(predict(*first, batch), predict(*second, batch));
  EXPECT_NE(predict(*first, batch), predict(*other, batch));
}

TEST(Trainer, RefusesACheckpointOfAnotherArchitecture) {
  std::string bytes;
  ASSERT_TRUE(make(small_architecture())->checkpoint(bytes));
  ArchitectureSpec wider = small_architecture();
  wider.hidden_width = 16;
  EXPECT_THAT(make(wider)->restore(bytes).error(), HasSubstr("belongs to another architecture"));
}

TEST(Trainer, RefusesACheckpointThatIsNone) {
  const auto trainer = make(small_architecture());
  EXPECT_FALSE(trainer->restore(""));
  EXPECT_FALSE(trainer->restore("garbage"));
  EXPECT_FALSE(trainer->restore(archive_of(kSumForward)));
}

TEST(Trainer, ImportanceZeroLeavesAMessageOutOfTheLoss) {
  OptimizerSpec still;
  still.token_dropout = still.dense_dropout = 0;
  const auto with_wrong = make(small_architecture(), still), with_right = make(small_architecture(), still);
  Lesson wrong = lesson(1), right = lesson(1);
  wrong.targets[3] = 1 - wrong.targets[3];
  wrong.importance[3] = right.importance[3] = 0;
  double first = 0, second = 0;
  ASSERT_TRUE(with_wrong->step(wrong.batch, wrong.targets, wrong.importance, first));
  ASSERT_TRUE(with_right->step(right.batch, right.targets, right.importance, second));
  EXPECT_EQ(first, second);
  EXPECT_EQ(predict(*with_wrong, right.batch), predict(*with_right, right.batch));
}

TEST(Trainer, StepWithoutAnyImportanceChangesNothing) {
  const auto trainer = make(small_architecture());
  Lesson now = lesson(1);
  std::fill(now.importance.begin(), now.importance.end(), 0.0f);
  const auto before = predict(*trainer, now.batch);
  double loss = -1;
  ASSERT_TRUE(trainer->step(now.batch, now.targets, now.importance, loss));
  EXPECT_EQ(loss, 0);
  EXPECT_EQ(predict(*trainer, now.batch), before);
}

TEST(Trainer, LearnsFromABatchWithoutTokens) {
  const auto trainer = make(small_architecture());
  TokenBatch batch;
  batch.add({}, {}, {0.1f, 0.2f, 0.3f});
  double first = 0, loss = 0;
  ASSERT_TRUE(trainer->step(batch, {1}, {1}, first));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(trainer->step(batch, {1}, {1}, loss));
  EXPECT_LT(loss, first);
}

TEST(Trainer, TrainsSeveralLabels) {
  ArchitectureSpec spec = small_architecture();
  spec.labels = 2;
  const auto trainer = make(spec);
  double loss = 0;
  Lesson now = lesson(1);
  std::vector<float> targets;
  for (const float target : now.targets) targets.insert(targets.end(), {target, 1 - target});
  const std::vector<float> importance(targets.size(), 1.0f);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(trainer->step(now.batch, targets, importance, loss));
  const auto logits = predict(*trainer, now.batch);
  for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_EQ(logits[i] > 0, targets[i] == 1) << i;
}

TEST(Trainer, JoinedModelsAnswerWithTheirMean) {
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

TEST(Trainer, JoinedModelIsSavedButNotTrainedOn) {
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
TEST(Trainer, BlendedModelsHaveTheWeightedSumOfTheirWeights) {
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
  for (std::size_t i = 0; i < blended.size(); ++i) EXPECT_NEAR(blended[i], 0.25 * first[i] + 0.75 * second[i], 1e-4) << i;
}

TEST(Trainer, BlendingTakesEveryWeightAndEndsTheTraining) {
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

TEST(Trainer, LinearModelLearnsAndJoinsADeepOne) {
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

TEST(Trainer, RefusesToJoinAndToBlendModelsOfOtherShape) {
  ArchitectureSpec other = small_architecture();
  other.table_size = 128;
  const auto one = make(small_architecture()), two = make(other);
  EXPECT_THAT(one->absorb(*two, {}).error(), HasSubstr("differ"));
  const Lesson now = lesson(1);
  const auto before = predict(*one, now.batch);
  EXPECT_THAT(one->blend(*two, {}).error(), HasSubstr("differ"));
  EXPECT_EQ(predict(*one, now.batch), before);
}

TEST(Trainer, RefusesBatchesOfAnotherShape) {
  const auto trainer = make(small_architecture());
  Lesson now = lesson(1);
  double loss = 0;
  EXPECT_THAT(trainer->step(now.batch, {1}, {1}, loss).error(), HasSubstr("messages x labels"));
  now.batch.dense.resize(now.batch.messages * 2);
  EXPECT_THAT(trainer->step(now.batch, now.targets, now.importance, loss).error(), HasSubstr("2 dense features"));
}

TEST(Trainer, RefusesTokensOutsideTheTable) {
  OptimizerSpec keeps_all;
  keeps_all.token_dropout = 0;
  const auto trainer = make(small_architecture(), keeps_all);
  Lesson now = lesson(1);
  now.batch.tokens[0] = 256;
  double loss = 0;
  std::vector<float> logits;
  EXPECT_FALSE(trainer->step(now.batch, now.targets, now.importance, loss));
  EXPECT_FALSE(trainer->predict(now.batch, logits));
}

TEST(Trainer, SaysWhenTheLossIsNotANumber) {
  const auto trainer = make(small_architecture());
  Lesson now = lesson(1);
  std::fill_n(now.batch.dense.begin(), kDense * 8, std::numeric_limits<float>::quiet_NaN());
  double loss = 0;
  EXPECT_THAT(trainer->step(now.batch, now.targets, now.importance, loss).error(), HasSubstr("not a number"));
}

TEST(Trainer, RefusesAnArchitectureThatCannotBe) {
  std::unique_ptr<Trainer> trainer;
  ArchitectureSpec odd = small_architecture(), thin = small_architecture();
  odd.table_size = 1000;
  thin.hidden_width = 0;
  OptimizerSpec drops_all;
  drops_all.token_dropout = 1;
  EXPECT_THAT(backend().make_trainer(odd, {}, trainer).error(), HasSubstr("power of two"));
  EXPECT_FALSE(backend().make_trainer(thin, {}, trainer));
  EXPECT_FALSE(backend().make_trainer(small_architecture(), drops_all, trainer));
}

std::unique_ptr<Trainer> make_from(const std::string& archive, ArchitectureSpec& architecture, Status& status) {
  std::unique_ptr<Trainer> trainer;
  status = backend().make_trainer_from(archive, {}, architecture, trainer);
  return trainer;
}

TEST(TrainerOnABase, BeginsWithTheAnswersOfTheShippedModel) {
  const auto trainer = make(small_architecture());
  train(*trainer, 0, 60);
  const TokenBatch batch = lesson(1000).batch;
  std::string archive;
  const auto shipped = run_shipped(*trainer, batch, &archive);
  for (const std::size_t rows : {std::size_t{0}, std::size_t{512}}) {
    ArchitectureSpec architecture;
    architecture.table_size = rows;
    Status status = Status::ok();
    const auto next = make_from(archive, architecture, status);
    ASSERT_TRUE(status) << status.error();
    EXPECT_EQ(architecture.table_size, rows == 0 ? 256u : rows);
    EXPECT_EQ(architecture.embedding_width, 4u);
    EXPECT_EQ(architecture.dense_width, kDense);
    EXPECT_EQ(architecture.hidden_width, 8u);
    const auto answers = predict(*next, batch);
    ASSERT_EQ(answers.size(), shipped.size());
    for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_NEAR(answers[i], shipped[i], 1e-5);
    EXPECT_LT(train(*next, 60, 120), 0.1);
  }
}

TEST(TrainerOnABase, RefusesFewerRowsAndFilesThatAreNoModel) {
  const auto trainer = make(small_architecture());
  std::string archive;
  ASSERT_TRUE(trainer->save("{}", archive));
  ArchitectureSpec architecture;
  architecture.table_size = 128;
  Status status = Status::ok();
  EXPECT_EQ(make_from(archive, architecture, status), nullptr);
  EXPECT_THAT(status.error(), HasSubstr("cannot become smaller"));
  EXPECT_EQ(make_from("no archive", architecture, status), nullptr);
  EXPECT_FALSE(status);
}

}  // namespace
}  // namespace winnow
