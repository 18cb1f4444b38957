#include "engine/compressor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/trainer.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kRows = 1u << 12;

ArchitectureSpec architecture(std::size_t labels) {
  ArchitectureSpec spec;
  spec.table_size = kRows;
  spec.embedding_width = 4;
  spec.dense_width = 3;
  spec.hidden_width = 8;
  spec.labels = labels;
  return spec;
}

/// Messages of tokens below `limit`; every second one is spam.
TokenBatch messages(std::size_t limit, std::size_t seed) {
  TokenBatch batch;
  for (std::size_t message = 0; message < 32; ++message) {
    std::vector<std::int64_t> tokens;
    for (std::size_t i = 0; i < 40; ++i)
      tokens.push_back(static_cast<std::int64_t>((seed * 977 + message * 131 + i * i * 37 + message % 2) % limit));
    batch.add(tokens, std::vector<float>(tokens.size(), 0.16f), {0.1f, 0.3f * static_cast<float>(message % 2), 1});
  }
  return batch;
}

/// Trained on tokens of the table's first half: the other half stays untouched.
std::string trained_archive(std::size_t labels = 1) {
  std::unique_ptr<Trainer> trainer;
  OptimizerSpec fast;  // 30 steps are to make rows that differ
  fast.learning_rate = 0.05;
  fast.dense_learning_rate = 0.005;
  Status status = backend().make_trainer(architecture(labels), all_rows(kRows), fast, trainer);
  EXPECT_TRUE(status) << status.error();
  for (std::size_t step = 0; step < 30; ++step) {
    const TokenBatch batch = messages(kRows / 2, step);
    std::vector<float> targets;
    for (std::size_t i = 0; i < batch.messages * labels; ++i) targets.push_back(i / labels % 2 == 0 ? 1.0f : 0.0f);
    double loss = 0;
    status = trainer->step(batch, targets, std::vector<float>(targets.size(), 1.0f), loss);
    EXPECT_TRUE(status) << status.error();
  }
  std::string bytes;
  status = trainer->save("{}", bytes);
  EXPECT_TRUE(status) << status.error();
  return bytes;
}

std::vector<float> run(const std::string& archive, const TokenBatch& batch) {
  std::unique_ptr<Model> model;
  Status status = backend().load(archive, {}, model);
  EXPECT_TRUE(status) << status.error();
  std::vector<float> logits;
  if (model) status = model->run(batch, logits);
  EXPECT_TRUE(status) << status.error();
  return logits;
}

struct Written {
  std::string bytes;
  TableShape shape;
};

Written write(const std::string& archive, const TableEncoding& encoding, const std::string& manifest = "{}") {
  Written written;
  std::unique_ptr<Compressor> compressor;
  Status status = backend().make_compressor(archive, compressor);
  EXPECT_TRUE(status) << status.error();
  if (compressor) status = compressor->write(encoding, manifest, written.bytes, written.shape);
  EXPECT_TRUE(status) << status.error();
  return written;
}

double largest_difference(const std::vector<float>& left, const std::vector<float>& right) {
  EXPECT_EQ(left.size(), right.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(left[i]) - right[i]));
  return largest;
}

TEST(Compressor, FloatsAnswerBitForBitTheSameWithoutTheUntouchedRows) {
  for (const std::size_t labels : {1u, 2u}) {
    const std::string trained = trained_archive(labels);
    const Written exact = write(trained, {32, 0});
    const TokenBatch batch = messages(kRows, 1000);  // half of it untouched rows
    EXPECT_EQ(run(exact.bytes, batch), run(trained, batch));
    EXPECT_EQ(exact.shape.rows, kRows);
    EXPECT_EQ(exact.shape.columns, 4 + labels);
    EXPECT_LE(exact.shape.touched, kRows / 2);
    EXPECT_EQ(exact.shape.kept, exact.shape.touched);
    EXPECT_LT(exact.bytes.size(), trained.size() - exact.shape.columns * sizeof(float) * kRows / 3);
  }
}

TEST(Compressor, EveryBitLessIsSmallerAndFurtherFromTheTruth) {
  const std::string trained = trained_archive(2);
  const TokenBatch batch = messages(kRows / 2, 1000);
  const std::vector<float> truth = run(trained, batch);
  double range = 0;
  for (const float logit : truth) range = std::max(range, std::abs(static_cast<double>(logit)));
  std::size_t bytes = trained.size();
  double last = 0;
  for (const std::size_t bits : {16u, 8u, 6u, 4u, 2u}) {
    const Written written = write(trained, {bits, 0});
    const double difference = largest_difference(run(written.bytes, batch), truth);
    EXPECT_LT(written.bytes.size(), bytes) << bits;
    EXPECT_GE(difference, last) << bits;
    EXPECT_LE(difference, range * (bits >= 8 ? 0.02 : 1)) << bits;
    bytes = written.bytes.size();
    last = difference;
  }
  EXPECT_GT(last, 0);
}

TEST(Compressor, StoresTheBitsAndNothingBeside) {
  const std::string trained = trained_archive();
  const Written written = write(trained, {5, 0});
  const std::size_t weights = written.shape.kept * written.shape.columns * 5 / 8, rows = kRows / 8;
  EXPECT_LT(written.bytes.size(), weights + rows + 5 * 32 * sizeof(float) + 16'384);
}

TEST(Compressor, LeavesOutTheRowsThatMoveALogitLeast) {
  const std::string trained = trained_archive();
  const Written all = write(trained, {32, 0}), half = write(trained, {32, 0.5});
  EXPECT_EQ(half.shape.kept, all.shape.kept - all.shape.kept / 2);
  // A message of one token shows its row: what is left out is silent, and what stays moves the logit as before.
  TokenBatch rows, empty;
  for (std::int64_t token = 0; token < static_cast<std::int64_t>(kRows / 2); ++token) rows.add({token}, {1}, {0, 0, 0});
  empty.add({}, {}, {0, 0, 0});
  const std::vector<float> before = run(trained, rows), after = run(half.bytes, rows);
  const float silent = run(trained, empty)[0];
  double left_out = 0, stayed = 0;
  std::size_t silenced = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == silent) continue;
    const bool is_out = after[i] == silent;
    if (!is_out) {
      EXPECT_EQ(after[i], before[i]) << i;
    }
    silenced += is_out ? 1 : 0;
    (is_out ? left_out : stayed) += std::abs(before[i] - silent);
  }
  EXPECT_NEAR(static_cast<double>(silenced), static_cast<double>(all.shape.kept) / 2, 2);
  EXPECT_LT(left_out, stayed / 2);
}

TEST(Compressor, LeavingOutEveryRowLeavesTheDenseFeatures) {
  const std::string trained = trained_archive();
  const Written none = write(trained, {4, 1});
  EXPECT_EQ(none.shape.kept, 0u);
  TokenBatch batch = messages(kRows, 5);
  const std::vector<float> logits = run(none.bytes, batch);
  std::fill(batch.weights.begin(), batch.weights.end(), 0.0f);
  EXPECT_LT(largest_difference(logits, run(trained, batch)), 1e-5);
}

TEST(Compressor, KeepsTheManifestItIsGiven) {
  const Written written = write(trained_archive(), {4, 0}, R"({"name":"small"})");
  ModelInspection inspection;
  const Status status = backend().inspect(written.bytes, inspection);
  ASSERT_TRUE(status) << status.error();
  EXPECT_EQ(inspection.manifest_json, R"({"name":"small"})");
}

TEST(Compressor, WritesTheSameBytesForTheSameModel) {
  const std::string trained = trained_archive();
  EXPECT_EQ(write(trained, {5, 0.2}).bytes, write(trained, {5, 0.2}).bytes);
}

TEST(Compressor, ReadsItsOwnModelsAgainWithoutFurtherLoss) {
  const Written once = write(trained_archive(), {5, 0.1});
  const Written twice = write(once.bytes, {5, 0});
  const TokenBatch batch = messages(kRows, 3);
  EXPECT_LT(largest_difference(run(once.bytes, batch), run(twice.bytes, batch)), 1e-5);
  EXPECT_EQ(twice.shape.kept, once.shape.kept);
}

TEST(Compressor, WorksWhenEveryRowIsTouched) {
  ArchitectureSpec spec = architecture(1);
  spec.table_size = 16;
  std::unique_ptr<Trainer> trainer;
  ASSERT_TRUE(backend().make_trainer(spec, all_rows(spec.table_size), {}, trainer));
  const TokenBatch batch = messages(16, 1);
  double loss = 0;
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(trainer->step(batch, std::vector<float>(32, 1.0f), std::vector<float>(32, 1.0f), loss));
  std::string trained;
  ASSERT_TRUE(trainer->save("{}", trained));
  const Written exact = write(trained, {32, 0}), four = write(trained, {4, 0});
  EXPECT_EQ(exact.shape.kept, exact.shape.rows);
  EXPECT_EQ(run(exact.bytes, batch), run(trained, batch));
  // Sixteen rows, sixteen levels: nothing is lost but the last bits of a mean.
  EXPECT_LT(largest_difference(run(four.bytes, batch), run(trained, batch)), 1e-4);
}

TEST(Compressor, RefusesModelsOfAnotherMakeAndSaysWhy) {
  std::unique_ptr<Compressor> compressor;
  const Status foreign = backend().make_compressor(archive_of(kSumForward), compressor);
  EXPECT_THAT(foreign.error(), HasSubstr("is not a model as 'winnow train' makes it"));
  EXPECT_THAT(foreign.error(), HasSubstr("'labels'"));
  EXPECT_EQ(compressor, nullptr);
  EXPECT_FALSE(backend().make_compressor("garbage", compressor));
}

TEST(Compressor, RefusesFormsThatThereAreNot) {
  std::unique_ptr<Compressor> compressor;
  ASSERT_TRUE(backend().make_compressor(trained_archive(), compressor));
  std::string bytes;
  TableShape shape;
  for (const std::size_t bits : {0u, 1u, 9u, 15u, 33u})
    EXPECT_THAT(compressor->write({bits, 0}, "{}", bytes, shape).error(), HasSubstr("2 to 8, 16 and 32")) << bits;
  EXPECT_THAT(compressor->write({8, 1.5}, "{}", bytes, shape).error(), HasSubstr("between 0 and 1"));
  EXPECT_FALSE(compressor->write({8, -0.1}, "{}", bytes, shape));
}

}  // namespace
}  // namespace winnow
