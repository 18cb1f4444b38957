// The default architecture in our own loops beside LibTorch's operators, which answer where nothing can be checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/compressor.h"
#include "engine/trainer.h"
#include "tests/engine/torch/model_archive.h"
#include "tests/engine/torch/trained_model.h"

namespace winnow {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

// The code of the default architecture, in two pieces.
const std::string kBag = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    rows = self.places.index_select(0, tokens).long()
    bag = torch.embedding_bag(self.table, rows, offsets, False, 0, True, weights)[0]
)";
const std::string kRest = R"(
    joined = torch.cat([bag[:, self.labels:], dense], 1)
    hidden = torch.relu(torch.addmm(self.hidden_bias, joined, self.hidden_weight))
    return bag[:, :self.labels] + torch.addmm(self.output_bias, hidden, self.output_weight)
)";

std::unique_ptr<Model> load_checked(const std::string& archive) {
  Placement checked;
  checked.probe = trained_on(7);
  return load(archive, checked);
}

TEST(FusedBag, AnswersAsLibTorchDoes) {
  const std::string archive = trained_archive();
  const auto fused = load_checked(archive), frozen = load(archive, {});
  ASSERT_EQ(fused->form(), "fused");
  ASSERT_EQ(frozen->form(), "frozen");
  for (const std::size_t seed : {1u, 50u, 100u})
    EXPECT_THAT(run(*fused, trained_on(seed)), Pointwise(FloatNear(1e-5f), run(*frozen, trained_on(seed)))) << seed;
}

TEST(FusedBag, HasTheDerivativesThatLibTorchFinds) {
  const std::string archive = trained_archive();
  const auto fused = load_checked(archive), frozen = load(archive, {});
  for (const std::size_t label : {0u, 1u}) {
    Gradients expected, found;
    ASSERT_TRUE(frozen->differentiate(trained_on(100), label, expected));
    ASSERT_TRUE(fused->differentiate(trained_on(100), label, found));
    EXPECT_THAT(found.logits, Pointwise(FloatNear(1e-5f), expected.logits));
    EXPECT_THAT(found.weights, Pointwise(FloatNear(1e-5f), expected.weights));
    EXPECT_THAT(found.dense, Pointwise(FloatNear(1e-5f), expected.dense));
  }
  Gradients none;
  EXPECT_THAT(fused->differentiate(trained_on(1), 2, none).error(), HasSubstr("no such label"));
}

TEST(FusedBag, UnpacksACompressedTable) {
  std::unique_ptr<Compressor> compressor;
  ASSERT_TRUE(backend().make_compressor(trained_archive(), compressor));
  std::string small;
  TableShape shape;
  ASSERT_TRUE(compressor->write({6, 0.1, 1}, "{}", small, shape));
  const auto fused = load_checked(small);
  ASSERT_EQ(fused->form(), "fused");
  EXPECT_THAT(run(*fused, trained_on(100)), Pointwise(FloatNear(1e-5f), run(*load(small, {}), trained_on(100))));
}

TEST(FusedBag, RefusesABatchThatDoesNotFitAndAnswersTheNext) {
  const auto fused = load_checked(trained_archive());
  std::vector<float> logits;
  for (const std::int64_t token : {std::int64_t{-1}, static_cast<std::int64_t>(kTrainedRows)}) {
    TokenBatch batch;
    batch.add({1, token}, {0.5f, 0.5f}, {0, 0});
    EXPECT_THAT(fused->run(batch, logits).error(),
                HasSubstr("token " + std::to_string(token) + " is not in a table of"));
  }
  TokenBatch batch;
  batch.add({1}, {0.5f}, {0, 0, 0});
  EXPECT_THAT(fused->run(batch, logits).error(), HasSubstr("takes 2 dense values, not 3"));
  EXPECT_EQ(run(*fused, trained_on(1)).size(), 32u);
}

TEST(FusedBag, RunsBesideItsTwinsAndOutlivesThem) {
  auto first = load_checked(trained_archive());
  const std::vector<float> expected = run(*first, trained_on(100));
  const auto twin = first->twin();
  ASSERT_NE(twin, nullptr);
  std::vector<float> answers;
  std::thread other([&] { answers = run(*twin, trained_on(100)); });
  EXPECT_EQ(run(*first, trained_on(100)), expected);
  other.join();
  EXPECT_EQ(answers, expected);
  first.reset();
  EXPECT_EQ(run(*twin, trained_on(100)), expected);
  EXPECT_EQ(load(trained_archive(), {})->twin(), nullptr) << "LibTorch's modules run one call at a time";
}

TEST(FusedBag, LeavesAnotherForwardToLibTorch) {
  std::string tanh = kRest;
  tanh.replace(tanh.find("relu"), 4, "tanh");
  const std::string trained = trained_archive(), other = archive_with_forward(trained, kBag + tanh);
  const auto model = load_checked(other);
  EXPECT_EQ(model->form(), "frozen");
  EXPECT_NE(run(*model, trained_on(100)), run(*load(trained, {}), trained_on(100)));
}

/// A model with hardly any of its table's rows, and a forward() of its own.
std::string sparse_archive(const std::string& forward) {
  ArchitectureSpec spec;
  spec.table_size = 1u << 20;
  spec.dense_width = 2;
  spec.hidden_width = 8;
  std::unique_ptr<Trainer> trainer;
  EXPECT_TRUE(backend().make_trainer(spec, {777, 999'983}, {}, trainer));
  TokenBatch batch;
  batch.add({777, 999'983}, {1, 1}, {0.1f, 0.2f});
  double loss = 0;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(trainer->step(batch, {1}, {1}, loss));
  std::string bytes;
  EXPECT_TRUE(trainer->save("{}", bytes));
  return archive_with_forward(bytes, forward);
}

// Probes drew their tokens from the whole table, and met none of the rows that a small model knows.
TEST(FusedBag, IsProbedWithTheFewRowsThatAModelHas) {
  Placement probed;
  probed.probe.add(std::vector<std::int64_t>(64, 5), std::vector<float>(64, 0.1f), {0, 0});
  std::string fails = kBag;  // out of range for one of the two rows
  fails.replace(fails.find("0, tokens"), 9, "0, tokens + (tokens == 999983).long() * 100000");
  EXPECT_THAT(load_error(sparse_archive(fails + kRest), probed), HasSubstr("failed on a probe"));
}

TEST(FusedBag, IsNoBaseWhenItsFewRowsCountOtherwise) {
  std::unique_ptr<Compressor> compressor;
  EXPECT_TRUE(backend().make_compressor(sparse_archive(kBag + kRest), compressor));
  const Status status = backend().make_compressor(sparse_archive(kBag + "    bag = bag * 2.0\n" + kRest), compressor);
  EXPECT_THAT(status.error(), HasSubstr("computes something else"));
}

TEST(FusedBag, LeavesHalfPrecisionToLibTorch) {
  Placement half;
  half.half = true;
  EXPECT_EQ(load(trained_archive(), half)->form(), "frozen, in half precision");
}

}  // namespace
}  // namespace winnow
