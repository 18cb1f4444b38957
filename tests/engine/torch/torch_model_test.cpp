#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/attribution.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

std::string inspect_error(std::string_view archive) {
  ModelInspection inspection;
  return backend().inspect(archive, inspection).error();
}

std::unique_ptr<Model> load(const std::string& archive) {
  std::unique_ptr<Model> model;
  const Status status = backend().load(archive, {}, model);
  EXPECT_TRUE(status) << status.error();
  return model;
}

std::string load_error(const std::string& archive, const std::string& device = "cpu") {
  std::unique_ptr<Model> model;
  Placement placement;
  placement.devices = {device};
  const std::string error = backend().load(archive, placement, model).error();
  EXPECT_EQ(model, nullptr);
  return error;
}

TokenBatch two_messages() {
  TokenBatch batch;
  batch.add({1, 2}, {0.5f, 0.25f}, {1.0f, 2.0f});
  batch.add({}, {}, {4.0f, 0.0f});
  return batch;
}

TEST(TorchModel, RunsForwardOverTheBatch) {
  std::vector<float> logits;
  const Status status = load(archive_of(kSumForward))->run(two_messages(), logits);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(logits, ElementsAre(7.5f, 8.0f));
}

TEST(TorchModel, RunsABatchWithoutAnyToken) {
  TokenBatch batch;
  batch.add({}, {}, {1.0f});
  std::vector<float> logits;
  const Status status = load(archive_of(kSumForward))->run(batch, logits);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(logits, ElementsAre(2.0f));
}

TEST(TorchModel, RunsPrepareOnceAtLoad) {
  const auto model = load(archive_of(std::string(kSumForward) + R"(
def prepare(self) -> None:
    self.gain = self.gain + 1.0
)"));
  for (int i = 0; i < 3; ++i) {
    std::vector<float> logits;
    ASSERT_TRUE(model->run(two_messages(), logits));
    EXPECT_THAT(logits, ElementsAre(11.25f, 12.0f));
  }
}

TEST(TorchModel, FailsWithoutThrowingWhenForwardRaises) {
  const auto model = load(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    assert dense.size(0) == 1, "one at a time"
    return dense
)"));
  std::vector<float> logits;
  EXPECT_THAT(model->run(two_messages(), logits).error(), HasSubstr("one at a time"));
}

TEST(TorchModel, FailsOnTokensOutsideTheTable) {
  const auto model = load(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return torch.embedding_bag(torch.ones([4, 1]), tokens, offsets, False, 0, False, weights)[0]
)"));
  TokenBatch batch = two_messages();
  std::vector<float> logits;
  EXPECT_TRUE(model->run(batch, logits));
  for (const std::int64_t token : {std::int64_t{4}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    batch.tokens[0] = token;
    EXPECT_FALSE(model->run(batch, logits)) << token;
  }
}

TEST(TorchModel, FailsOnABatchWhoseLengthsDisagree) {
  const auto model = load(archive_of(kSumForward));
  std::vector<float> logits;
  TokenBatch short_weights = two_messages(), short_offsets = two_messages(), short_dense = two_messages();
  short_weights.weights.pop_back();
  short_offsets.offsets.pop_back();
  short_dense.dense.pop_back();
  for (const TokenBatch& batch : {short_weights, short_offsets, short_dense, TokenBatch{}})
    EXPECT_FALSE(model->run(batch, logits));
}

TEST(TorchModel, FailsWhenTheAnswerHasAnotherShape) {
  const auto model = load(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return dense.sum(1)
)"));
  std::vector<float> logits;
  EXPECT_THAT(model->run(two_messages(), logits).error(), HasSubstr("returns [2], not [2, labels]"));
}

/// Two labels of a small network of rectifiers over an embedding bag and two dense values.
constexpr const char* kSmallNetwork = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    table = (torch.arange(32).float() - 13.0).reshape(8, 4) * self.gain * 0.1
    bag = torch.embedding_bag(table, tokens, offsets, False, 0, False, weights)[0]
    hidden = torch.relu(torch.cat([bag, dense], 1) - 0.3)
    return torch.cat([hidden.sum(1, keepdim=True), 3.0 * dense.sum(1, keepdim=True)], 1)
)";

TEST(TorchModel, DifferentiatesOneLabelOfEachMessage) {
  const auto model = load(archive_of(kSmallNetwork));
  TokenBatch batch;
  batch.add({7, 0}, {1.0f, 0.1f}, {1.0f, 0.0f});
  batch.add({}, {}, {0.0f, 2.0f});
  Gradients gradients;
  const Status status = model->differentiate(batch, 0, gradients);
  ASSERT_TRUE(status) << status.error();
  // Row 7 is 3.0 3.2 3.4 3.6, row 0 is -2.6 -2.4 -2.2 -2.0; all four rectifiers are open.
  EXPECT_THAT(gradients.weights, ElementsAre(FloatNear(13.2f, 1e-4f), FloatNear(-9.2f, 1e-4f)));
  EXPECT_THAT(gradients.dense, ElementsAre(1.0f, 0.0f, 0.0f, 1.0f));
  EXPECT_THAT(gradients.logits, ElementsAre(FloatNear(11.78f, 1e-4f), FloatNear(1.7f, 1e-4f)));
  ASSERT_TRUE(model->differentiate(batch, 1, gradients));
  EXPECT_THAT(gradients.weights, ElementsAre(0.0f, 0.0f));
  EXPECT_THAT(gradients.dense, ElementsAre(3.0f, 3.0f, 3.0f, 3.0f));
}

TEST(TorchModel, RunsAsBeforeOnceItWasDifferentiated) {
  const auto model = load(archive_of(kSmallNetwork));
  TokenBatch batch;
  batch.add({7, 0}, {1.0f, 0.1f}, {1.0f, 0.0f});
  std::vector<float> before, after;
  Gradients gradients;
  ASSERT_TRUE(model->run(batch, before));
  ASSERT_TRUE(model->differentiate(batch, 0, gradients));
  ASSERT_TRUE(model->run(batch, after));
  EXPECT_EQ(before, after);
  EXPECT_EQ(before[0], gradients.logits[0]);
}

TEST(TorchModel, HasNoGradientsOfALabelItDoesNotHave) {
  Gradients gradients;
  EXPECT_THAT(load(archive_of(kSmallNetwork))->differentiate(two_messages(), 2, gradients).error(),
              HasSubstr("no such label"));
}

TEST(TorchModel, AddsUpWhenItIsExplained) {
  LoadedModel loaded;
  loaded.manifest.table_size = 8;
  loaded.manifest.labels = {"spam", "phishing"};
  loaded.manifest.calibration.resize(2);
  loaded.replicas.push_back(load(archive_of(kSmallNetwork)));
  const Engine engine(std::move(loaded), {});
  Features features;
  features.tokens = {0, 1, 2, 3, 4, 5, 6, 7};
  features.weights = {0.9f, 0.1f, 0.4f, 0.3f, 0.2f, 0.5f, 0.8f, 0.7f};
  features.dense = {0.4f, 0.9f};
  const AttributionLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(60)};
  const Attribution result = attribute(engine, features, 0, limits);
  ASSERT_EQ(result.error, "");
  EXPECT_TRUE(result.adds_up);
  const double sum = std::accumulate(result.tokens.begin(), result.tokens.end(), 0.0) +
                     std::accumulate(result.dense.begin(), result.dense.end(), 0.0);
  EXPECT_NEAR(sum, result.logit - result.start, 0.01 * std::abs(result.logit - result.start));
}

TEST(TorchModel, SaysWhenForwardTakesOtherInputs) {
  EXPECT_THAT(load_error(archive_of("def forward(self, x: Tensor) -> Tensor:\n    return x\n")),
              HasSubstr("takes 1 inputs, not the four"));
}

TEST(TorchModel, SaysWhenThereIsNoForward) {
  EXPECT_THAT(load_error(archive_of("def other(self, x: Tensor) -> Tensor:\n    return x\n")),
              HasSubstr("has no forward()"));
}

TEST(TorchModel, FailsOnADeviceThatDoesNotExist) {
  EXPECT_FALSE(load_error(archive_of(kSumForward), "cuda:77").empty());
  EXPECT_FALSE(load_error(archive_of(kSumForward), "toaster").empty());
}

TEST(ArchiveScan, GivesTheManifestAsItWasWritten) {
  ModelInspection inspection;
  ASSERT_TRUE(backend().inspect(archive_of(kSumForward, "{\"a\": 1}"), inspection));
  EXPECT_EQ(inspection.manifest_json, "{\"a\": 1}");
}

TEST(ArchiveScan, RefusesCodeThatWouldRunWhileLoading) {
  const std::string archive = archive_of(std::string(kSumForward) + R"(
def __getstate__(self) -> Tensor:
    return self.gain
def __setstate__(self, state: Tensor) -> None:
    self.gain = state
)");
  EXPECT_THAT(inspect_error(archive), HasSubstr("__setstate__"));
  EXPECT_THAT(load_error(archive), HasSubstr("would run while loading"));
}

TEST(ArchiveScan, RefusesWhatIsNoArchive) {
  EXPECT_THAT(inspect_error(""), HasSubstr("not a TorchScript archive"));
  EXPECT_THAT(inspect_error("PK"), HasSubstr("not a TorchScript archive"));
  EXPECT_THAT(inspect_error(std::string(100'000, 'x')), HasSubstr("not a TorchScript archive"));
}

TEST(ArchiveScan, RefusesEveryTruncation) {
  const std::string archive = archive_of(kSumForward);
  for (std::size_t length = 0; length < archive.size(); length += 7)
    EXPECT_FALSE(inspect_error(std::string_view(archive).substr(0, length)).empty()) << length;
}

TEST(ArchiveScan, SurvivesDamageOfAnyByteOfTheDirectory) {
  const std::string archive = archive_of(kSumForward);
  for (std::size_t back = 1; back < 600 && back < archive.size(); ++back) {
    std::string damaged = archive;
    damaged[damaged.size() - back] = static_cast<char>(damaged[damaged.size() - back] ^ 0x55);
    const std::string error = inspect_error(damaged);  // the one or the other: it must come back
    EXPECT_TRUE(error.empty() || error.find('\n') == error.npos) << back << ": " << error;
  }
}

TEST(ArchiveScan, RefusesDuplicateRecordNames) {
  std::string archive = archive_with_extra(kSumForward, {"first", "other"});
  ASSERT_EQ(inspect_error(archive), "");
  // A zip holds each name twice: before the data and in the directory.
  for (auto at = archive.find("extra/other"); at != std::string::npos; at = archive.find("extra/other"))
    archive.replace(at, 11, "extra/first");
  EXPECT_THAT(inspect_error(archive), HasSubstr("two records named"));
}

}  // namespace
}  // namespace winnow
