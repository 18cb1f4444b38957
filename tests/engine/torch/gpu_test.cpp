// What only a real GPU can show; skipped where LibTorch sees none. Errors that spoil CUDA for a whole process run in one
// of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "engine/compressor.h"
#include "engine/rebuilt_model.h"
#include "engine/stand_in_model.h"
#include "tests/engine/torch/model_archive.h"
#include "tests/engine/torch/trained_model.h"
#include "tests/support/poll_until.h"

namespace winnow {
namespace {

using ::testing::AnyOf;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

Placement on(std::vector<std::string> devices) {
  Placement placement;
  placement.devices = std::move(devices);
  placement.probe = trained_on(7);
  return placement;
}

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (backend().cuda_devices() == 0) GTEST_SKIP() << "LibTorch sees no GPU";
  }
};

TEST_F(Gpu, AnswersAsTheCpuInBatchesOfAllSizes) {
  const std::string archive = trained_archive();
  const auto cpu = load(archive, {}), gpu = load(archive, on({"cuda:0"}));
  EXPECT_EQ(gpu->device(), "cuda:0");
  for (std::size_t seed = 100; seed < 120; ++seed)
    EXPECT_THAT(run(*gpu, trained_on(seed)), Pointwise(FloatNear(1e-4f), run(*cpu, trained_on(seed))));
  TokenBatch empty;
  empty.add({}, {}, {0.1f, 0.5f});
  EXPECT_THAT(run(*gpu, empty), Pointwise(FloatNear(1e-4f), run(*cpu, empty)));
}

TEST_F(Gpu, UnpacksACompressedModel) {
  std::unique_ptr<Compressor> compressor;
  std::string packed;
  TableShape shape;
  ASSERT_TRUE(backend().make_compressor(trained_archive(), compressor));
  ASSERT_TRUE(compressor->write({6, 0.1, 1}, "{}", packed, shape));
  EXPECT_THAT(run(*load(packed, on({"cuda:0"})), trained_on(100)),
              Pointwise(FloatNear(1e-4f), run(*load(packed, {}), trained_on(100))));
}

TEST_F(Gpu, AnswersInHalfPrecision) {
  const std::string archive = trained_archive();
  Placement half = on({"cuda:0"});
  half.half = true;
  const auto gpu = load(archive, half);
  EXPECT_THAT(gpu->form(), HasSubstr("in half precision"));
  EXPECT_THAT(run(*gpu, trained_on(100)), Pointwise(FloatNear(0.05f), run(*load(archive, {}), trained_on(100))));
}

TEST_F(Gpu, FindsTheDerivativesOfTheCpu) {
  const std::string archive = trained_archive();
  Gradients expected, found;
  ASSERT_TRUE(load(archive, {})->differentiate(trained_on(100), 1, expected));
  const auto gpu = load(archive, on({"cuda:0"}));
  const Status status = gpu->differentiate(trained_on(100), 1, found);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(found.logits, Pointwise(FloatNear(1e-4f), expected.logits));
  EXPECT_THAT(found.weights, Pointwise(FloatNear(1e-4f), expected.weights));
  EXPECT_THAT(found.dense, Pointwise(FloatNear(1e-4f), expected.dense));
}

TEST_F(Gpu, ComputesPartsOfAModelBesideTheCpu) {
  const std::string trained = trained_archive();
  std::unique_ptr<Compressor> compressor;
  std::string archive;
  TableShape shape;
  ASSERT_TRUE(backend().make_compressor(trained, compressor));
  ASSERT_TRUE(compressor->write({32, 0, 3}, "{}", archive, shape));
  for (const std::vector<std::string>& devices : {std::vector<std::string>{"cuda:0", "cpu"}, {"cuda:0", "cuda:0"}}) {
    Placement placement = on(devices);
    placement.stages = stages_of_shards(3);
    const auto parts = load(archive, placement);
    for (std::size_t seed = 100; seed < 110; ++seed)
      EXPECT_THAT(run(*parts, trained_on(seed)),
                  Pointwise(FloatNear(1e-4f), run(*load(trained, {}), trained_on(seed))));
  }
}

/// Each copies from memory of its own to a stream of its own; a mix-up would give one the other's mail.
TEST_F(Gpu, KeepsReplicasThatRunSideBySideApart) {
  const std::string archive = trained_archive();
  const auto cpu = load(archive, {});
  std::vector<std::thread> threads;
  for (std::size_t replica = 0; replica < 4; ++replica) {
    std::vector<std::vector<float>> expected;
    for (std::size_t seed = 0; seed < 200; ++seed) expected.push_back(run(*cpu, trained_on(1000 * replica + seed)));
    threads.emplace_back([replica, gpu = load(archive, on({"cuda:0"})), expected = std::move(expected)] {
      for (std::size_t seed = 0; seed < expected.size(); ++seed)
        EXPECT_THAT(run(*gpu, trained_on(1000 * replica + seed)), Pointwise(FloatNear(1e-4f), expected[seed]));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// With token 13 a table of 4 rows is read far outside, and with token 14 more memory is asked for than any GPU has.
constexpr const char* kFragile = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    table = torch.ones([4, 1], device=dense.device)
    far = (tokens == 13).long() * 100000000
    read = torch.index_select(table, 0, far).sum() * 0.0
    wanted = 1 + int((tokens == 14).sum()) * 100000000000000
    asked = torch.zeros([wanted], device=dense.device)[:1] * 0.0
    return self.gain * dense.sum(1, True) + read + asked
)";

TokenBatch fragile_batch(std::int64_t token) {
  TokenBatch batch;
  batch.add({1, token}, {0.5f, 0.25f}, {1.0f, 2.0f});
  return batch;
}

/// As replicas.cpp makes them, but that the file is in memory.
struct Replica {
  std::string archive = archive_of(kFragile);
  std::shared_ptr<RebuildCounts> counts = std::make_shared<RebuildCounts>();
  std::unique_ptr<Model> model;

  Replica() {
    Placement placement;
    placement.devices = {"cuda:0"};
    const auto again = [this, placement](std::unique_ptr<Model>& next) {
      return backend().load(archive, placement, next);
    };
    const RebuildPauses pauses{std::chrono::milliseconds(1), std::chrono::milliseconds(10)};
    model = std::make_unique<StandInModel>(make_rebuilt_model(load(archive, placement), again, pauses, counts),
                                           load(archive, {}));
  }
};

TEST_F(Gpu, ComesBackAfterItsMemoryRanOut) {
  Replica replica;
  EXPECT_THAT(run(*replica.model, fragile_batch(1)), Pointwise(FloatNear(1e-4f), {6.0f}));
  EXPECT_EQ(replica.model->stand_in_cause(), "");
  std::vector<float> logits;
  EXPECT_THAT(replica.model->run(fragile_batch(14), logits).error(), HasSubstr("CUDA out of memory"));
  EXPECT_EQ(replica.counts->lost, 1u);
  EXPECT_TRUE(poll_until([&] { return replica.counts->rebuilt == 1; }));
  EXPECT_THAT(run(*replica.model, fragile_batch(1)), Pointwise(FloatNear(1e-4f), {6.0f}));
  EXPECT_EQ(replica.model->stand_in_cause(), "");
}

/// Exits with 0 when the CPU answered all mail after the GPU was lost for good, and all was cleaned up.
[[noreturn]] void lose_the_gpu() {
  {
    Replica replica;
    std::vector<float> logits;
    const bool failed = !replica.model->run(fragile_batch(13), logits);
    const bool tried = poll_until([&] { return replica.counts->failed >= 3; });
    bool answered = true;
    for (int i = 0; i < 10; ++i) {
      answered = answered && replica.model->run(fragile_batch(1), logits) && logits == std::vector<float>{6.0f} &&
                 replica.model->stand_in_cause() == kDeviceFailure;
    }
    if (!failed || !tried || !answered || replica.counts->rebuilt != 0) std::_Exit(1);
  }
  std::exit(::testing::Test::HasFailure() ? 2 : 0);
}

using GpuDeathTest = Gpu;

TEST_F(GpuDeathTest, LostForGoodCostsNoMessageItsAnswer) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(lose_the_gpu(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace winnow
