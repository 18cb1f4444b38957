// Models in parts, on several devices that are all the CPU: the same code places them on GPUs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/compressor.h"
#include "tests/engine/torch/model_archive.h"
#include "tests/engine/torch/trained_model.h"

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

std::string sharded(const std::string& archive, const TableEncoding& encoding) {
  std::unique_ptr<Compressor> compressor;
  std::string bytes;
  TableShape shape;
  Status status = backend().make_compressor(archive, compressor);
  EXPECT_TRUE(status) << status.error();
  if (compressor) status = compressor->write(encoding, "{}", bytes, shape);
  EXPECT_TRUE(status) << status.error();
  return bytes;
}

/// In their parts, on two devices.
Placement placement_of(std::vector<Stage> stages) {
  Placement placement;
  placement.devices = {"cpu", "cpu"};
  placement.stages = std::move(stages);
  return placement;
}

TEST(PartedProgram, AnswersAsTheWholeModelInTwoAndThreeParts) {
  const std::string trained = trained_archive();
  const std::vector<float> expected = run(*load(trained, {}), trained_on(100));
  for (const std::size_t shards : {2u, 3u}) {
    const std::string archive = sharded(trained, {32, 0, shards});
    const auto whole = load(archive, {}), parts = load(archive, placement_of(stages_of_shards(shards)));
    EXPECT_THAT(run(*whole, trained_on(100)), Pointwise(FloatNear(1e-5f), expected)) << shards;
    EXPECT_THAT(run(*parts, trained_on(100)), Pointwise(FloatNear(1e-5f), expected)) << shards;
    EXPECT_EQ(parts->form(), "frozen in " + std::to_string(shards + 1) + " parts");
    EXPECT_EQ(parts->device(), "cpu+cpu");
  }
}

TEST(PartedProgram, IsExplainedLikeTheWholeModel) {
  const std::string trained = trained_archive();
  const auto whole = load(trained, {});
  const auto parts = load(sharded(trained, {32, 0, 2}), placement_of(stages_of_shards(2)));
  Gradients expected, found;
  ASSERT_TRUE(whole->differentiate(trained_on(100), 1, expected));
  const Status status = parts->differentiate(trained_on(100), 1, found);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(found.logits, Pointwise(FloatNear(1e-5f), expected.logits));
  EXPECT_THAT(found.weights, Pointwise(FloatNear(1e-5f), expected.weights));
  EXPECT_THAT(found.dense, Pointwise(FloatNear(1e-5f), expected.dense));
  EXPECT_GT(*std::max_element(expected.weights.begin(), expected.weights.end()), 1e-3f);
}

TEST(PartedProgram, UnpacksEachPartOfACompressedModel) {
  const std::string archive = sharded(trained_archive(), {6, 0.1, 3});
  Placement placement = placement_of(stages_of_shards(3));
  placement.probe = trained_on(7);
  const auto parts = load(archive, placement);
  EXPECT_THAT(run(*parts, trained_on(100)), Pointwise(FloatNear(1e-5f), run(*load(archive, {}), trained_on(100))));
}

TEST(PartedProgram, IsCompressedAgainIntoOnePiece) {
  const std::string trained = trained_archive();
  const std::string again = sharded(sharded(trained, {32, 0, 3}), {32, 0, 1});
  EXPECT_EQ(run(*load(again, {}), trained_on(100)), run(*load(trained, {}), trained_on(100)));
}

/// Two parts side by side, of dense and of weights, and one above them.
const std::vector<NamedCode> kParts = {
    {"left", "def forward(self, dense: Tensor) -> Tensor:\n    return self.gain * dense\n"},
    {"right", R"(
def forward(self, offsets: Tensor, weights: Tensor, tokens: Tensor) -> Tensor:
    assert bool((tokens != 13).all()), "no thirteen"
    ones = torch.ones([int(weights.size(0)), 2])
    return torch.embedding_bag(ones, torch.arange(int(weights.size(0))), offsets, False, 0, False, weights)[0]
)"},
    {"top", "def forward(self, dense: Tensor, previous: Tensor) -> Tensor:\n    return previous + dense[:, :1]\n"}};

constexpr const char* kCalls =
    "def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:\n"
    "    left = self.left.forward(dense)\n"
    "    right = self.right.forward(offsets, weights, tokens)\n";

std::string concat_archive() {
  return archive_in_parts(kParts,
                          std::string(kCalls) + "    return self.top.forward(dense, torch.cat([left, right], 1))\n");
}

const std::vector<Stage> kConcatStages = {{{"left", "right"}, Reduce::Concat}, {{"top"}, Reduce::None}};

TokenBatch one_message(std::int64_t token = 1) {
  TokenBatch batch;
  batch.add({token, 2}, {0.5f, 0.25f}, {1.0f, 2.0f});
  return batch;
}

TEST(PartedProgram, PutsResultsSideBySide) {
  Placement placement = placement_of(kConcatStages);
  placement.probe = one_message();
  EXPECT_THAT(run(*load(concat_archive(), placement), one_message()), ElementsAre(3.0f, 5.0f, 1.75f, 1.75f));
}

TEST(PartedProgram, FailsWithAPartThatFailsAndAnswersTheNextBatch) {
  const auto model = load(concat_archive(), placement_of(kConcatStages));
  std::vector<float> logits;
  EXPECT_THAT(model->run(one_message(13), logits).error(), HasSubstr("no thirteen"));
  EXPECT_EQ(model->failure_cause(), "model");
  EXPECT_THAT(run(*model, one_message()), ElementsAre(3.0f, 5.0f, 1.75f, 1.75f));
}

TEST(PartedProgram, RefusesPartsThatComputeSomethingElseThanTheWhole) {
  Placement placement = placement_of({{{"left", "right"}, Reduce::Sum}, {{"top"}, Reduce::None}});
  placement.probe = one_message();
  EXPECT_THAT(load_error(concat_archive(), placement),
              HasSubstr("answers 2 numbers to a probe where it answered 4 as it was loaded (frozen in 3 parts)"));
  placement.stages = {{{"left", "right"}, Reduce::Concat}};
  EXPECT_THAT(load_error(concat_archive(), placement),
              HasSubstr("answers 2.000000 to a probe where it answered 3.000000 as it was loaded (frozen in 2 parts)"));
}

TEST(PartedProgram, RefusesStagesThatDoNotFitTheModule) {
  const std::string archive = concat_archive();
  EXPECT_THAT(load_error(archive, placement_of({{{"middle"}, Reduce::None}})),
              HasSubstr("part 'middle' is not in the model"));
  EXPECT_THAT(load_error(archive, placement_of({{{"gain"}, Reduce::None}})),
              HasSubstr("part 'gain' is not in the model"));
  EXPECT_THAT(load_error(archive, placement_of({{{"top"}, Reduce::None}})),
              HasSubstr("part 'top' wants 'previous', but no stage is before it"));
  EXPECT_THAT(load_error(archive, placement_of({})), HasSubstr("not in parts runs on one device"));
}

TEST(PartedProgram, RefusesAPartThatWantsAnotherInput) {
  const std::string archive =
      archive_in_parts({{"mask", "def forward(self, mask: Tensor) -> Tensor:\n    return mask\n"}}, kSumForward);
  EXPECT_THAT(load_error(archive, placement_of({{{"mask"}, Reduce::None}})),
              HasSubstr("part 'mask' wants 'mask'; a part's"));
}

TEST(PartedProgram, RefusesForbiddenOperatorsInAnyPart) {
  const std::string archive = archive_in_parts(
      {{"bad", "def forward(self, dense: Tensor) -> Tensor:\n    print(dense)\n    return dense\n"}}, kSumForward);
  EXPECT_THAT(load_error(archive, placement_of({{{"bad"}, Reduce::None}})), HasSubstr("prim::Print"));
}

}  // namespace
}  // namespace winnow
