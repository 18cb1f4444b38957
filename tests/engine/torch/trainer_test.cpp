#include "engine/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/engine/torch/model_archive.h"
#include "tests/engine/torch/trainer_lesson.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

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

TEST(Trainer, RefusesACheckpointOfOtherRows) {
  std::unique_ptr<Trainer> one, two;
  ASSERT_TRUE(backend().make_trainer(small_architecture(), {1, 2}, {}, one));
  ASSERT_TRUE(backend().make_trainer(small_architecture(), {1, 3}, {}, two));
  std::string bytes;
  ASSERT_TRUE(one->checkpoint(bytes));
  EXPECT_THAT(two->restore(bytes).error(), HasSubstr("belongs to other mail"));
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
  EXPECT_THAT(backend().make_trainer(odd, {}, {}, trainer).error(), HasSubstr("power of two"));
  EXPECT_FALSE(backend().make_trainer(thin, {}, {}, trainer));
  EXPECT_FALSE(backend().make_trainer(small_architecture(), {}, drops_all, trainer));
}

TEST(Trainer, LearnsOnlyTheRowsItIsMadeFor) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 10; row < 30; ++row) rows.push_back(row);
  std::unique_ptr<Trainer> trainer;
  ASSERT_TRUE(backend().make_trainer(small_architecture(), rows, {}, trainer));
  EXPECT_LT(train(*trainer, 0, 60), 0.3);
  TokenBatch with, without;
  with.add({12, 33, 39, 255}, {1, 1, 1, 1}, {0.1f, 0.2f, 0.3f});
  without.add({12}, {1}, {0.1f, 0.2f, 0.3f});
  EXPECT_EQ(predict(*trainer, with), predict(*trainer, without));
  EXPECT_EQ(run_shipped(*trainer, with), predict(*trainer, without));
}

TEST(Trainer, SavesOnlyTheRowsItIsMadeFor) {
  ArchitectureSpec spec = small_architecture();
  spec.table_size = 1u << 16;
  std::unique_ptr<Trainer> trainer;
  ASSERT_TRUE(backend().make_trainer(spec, all_rows(40), {}, trainer));
  train(*trainer, 0, 20);
  std::string archive;
  const TokenBatch batch = lesson(1000).batch;
  EXPECT_EQ(run_shipped(*trainer, batch, &archive), predict(*trainer, batch));
  EXPECT_LT(archive.size(), spec.table_size);  // of 20 bytes each
}

TEST(Trainer, LearnsFromDenseValuesAloneWithoutAnyRow) {
  std::unique_ptr<Trainer> trainer;
  ASSERT_TRUE(backend().make_trainer(small_architecture(), {}, {}, trainer));
  TokenBatch batch;
  batch.add({1, 2}, {1, 1}, {1, 0, 0});
  batch.add({}, {}, {0, 1, 0});
  double first = 0, loss = 0;
  ASSERT_TRUE(trainer->step(batch, {1, 0}, {1, 1}, first));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(trainer->step(batch, {1, 0}, {1, 1}, loss));
  EXPECT_LT(loss, first / 2);
  EXPECT_EQ(run_shipped(*trainer, batch), predict(*trainer, batch));
}

TEST(Trainer, RefusesOffsetsOutsideTheTokens) {
  const auto trainer = make(small_architecture());
  for (const std::vector<std::int64_t>& offsets : {std::vector<std::int64_t>{0, 100}, {1, 2}, {0, -1}}) {
    Lesson now;
    now.batch.add({1}, {1}, {0, 0, 0});
    now.batch.add({2}, {1}, {0, 0, 0});
    now.batch.offsets = offsets;
    std::vector<float> logits;
    double loss = 0;
    EXPECT_THAT(trainer->predict(now.batch, logits).error(), HasSubstr("offsets"));
    EXPECT_THAT(trainer->step(now.batch, {0, 1}, {1, 1}, loss).error(), HasSubstr("offsets"));
  }
}

TEST(Trainer, RefusesRowsAndTokensThatTheTableDoesNotHave) {
  std::unique_ptr<Trainer> trainer;
  for (const std::vector<std::int64_t>& rows : {std::vector<std::int64_t>{256}, {-1}, {3, 3}, {4, 3}})
    EXPECT_THAT(backend().make_trainer(small_architecture(), rows, {}, trainer).error(),
                HasSubstr("rows of the table"));
  trainer = make(small_architecture());
  std::vector<float> logits;
  for (const std::int64_t token : {256, -1}) {
    TokenBatch batch;
    batch.add({token}, {1}, {0, 0, 0});
    EXPECT_THAT(trainer->predict(batch, logits).error(), HasSubstr("not in a table of 256 rows"));
  }
}

std::unique_ptr<Trainer> make_from(const std::string& archive, ArchitectureSpec& architecture, Status& status) {
  std::unique_ptr<Trainer> trainer;
  status = backend().make_trainer_from(archive, all_rows(256), {}, architecture, trainer);
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

/// A linear model's answer to one token less that to none is the token's row.
TEST(TrainerOnABase, LearnsTheRowsOfItsBaseAndThoseGiven) {
  ArchitectureSpec linear = small_architecture();
  linear.embedding_width = linear.hidden_width = 0;
  std::unique_ptr<Trainer> trainer, next;
  ASSERT_TRUE(backend().make_trainer(linear, {11, 12, 14, 25, 37}, {}, trainer));
  train(*trainer, 0, 20);
  std::string archive;
  ASSERT_TRUE(trainer->save("{}", archive));
  ArchitectureSpec architecture;
  architecture.table_size = 512;
  ASSERT_TRUE(backend().make_trainer_from(archive, {3, 400}, {}, architecture, next));
  const auto row = [](Trainer& of, std::int64_t token) {
    TokenBatch batch;
    batch.add({token}, {1}, {0.1f, 0.2f, 0.3f});
    batch.add({}, {}, {0.1f, 0.2f, 0.3f});
    const auto answers = predict(of, batch);
    return answers[0] - answers[1];
  };
  ASSERT_GT(std::abs(row(*trainer, 12) - row(*trainer, 25)), 0.001);
  for (const std::int64_t token : {11, 12, 13, 14, 25, 37}) EXPECT_NEAR(row(*next, token), row(*trainer, token), 1e-6);
  TokenBatch lesson;
  lesson.add({3, 12, 13, 400, 401}, std::vector<float>(5, 1.0f), {0.1f, 0.2f, 0.3f});
  double loss = 0;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(next->step(lesson, {1}, {1}, loss));
  for (const std::int64_t token : {3, 400}) EXPECT_GT(row(*next, token), 0.001) << token;
  EXPECT_GT(row(*next, 12), row(*trainer, 12) + 0.001);
  for (const std::int64_t token : {13, 401}) EXPECT_EQ(row(*next, token), 0) << token;
  for (const std::int64_t token : {11, 14, 25, 37}) EXPECT_NEAR(row(*next, token), row(*trainer, token), 1e-6) << token;
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
