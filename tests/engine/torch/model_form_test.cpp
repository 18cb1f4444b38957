// The forms that a loaded model is brought into: optimized, in half precision, with 8-bit layers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ATen/Context.h>

#include "engine/torch/device_failure.h"
#include "engine/torch/missing_backend.h"
#include "engine/torch/packed_inputs.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

TokenBatch message_of(float dense) {
  TokenBatch batch;
  batch.add({1}, {0.5f}, {dense, 2.0f});
  return batch;
}

/// A convolution of constant weights over the two dense values: something that LibTorch's optimizer changes.
constexpr const char* kConvolution = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    filtered = torch.relu(torch.conv2d(dense.reshape(-1, 1, 1, 2), self.kernel))
    return filtered.flatten(1) + weights.sum()
)";

TEST(OptimizedModel, AnswersTheSameAndStillHasDerivatives) {
  Placement probed;
  probed.probe = message_of(1.0f);
  const auto model = load(archive_of(kConvolution), probed);
  if (at::globalContext().hasMKLDNN()) {
    EXPECT_EQ(model->form(), "frozen, optimized for inference");
  }
  std::vector<float> logits;
  ASSERT_TRUE(model->run(message_of(1.5f), logits));
  EXPECT_THAT(logits, ElementsAre(FloatNear(7.5f, 1e-5f)));
  Gradients gradients;
  const Status status = model->differentiate(message_of(1.5f), 0, gradients);
  ASSERT_TRUE(status) << status.error();
  EXPECT_THAT(gradients.dense, ElementsAre(2.0f, 2.0f));
  EXPECT_THAT(gradients.weights, ElementsAre(1.0f));
}

TEST(OptimizedModel, StaysFrozenWhereThereIsNothingToOptimize) {
  Placement probed;
  probed.probe = message_of(1.0f);
  EXPECT_EQ(load(archive_of(kSumForward), probed)->form(), "frozen");
  EXPECT_EQ(load(archive_of(kConvolution), {})->form(), "frozen") << "unchecked, nothing is changed";
}

constexpr const char* kGain = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return dense[:, :1] * self.gain
)";

TEST(HalfPrecision, RoundsWeightsAndInputsWithinItsBound) {
  Placement half;
  half.half = true;
  half.probe = message_of(1.0f / 3);
  const auto model = load(archive_of(kGain), half);
  std::vector<float> logits;
  ASSERT_TRUE(model->run(message_of(1.0f / 3), logits));
  EXPECT_THAT(logits, ElementsAre(FloatNear(2.0f / 3, 1e-3f)));
  EXPECT_NE(logits[0], 2.0f / 3);
  EXPECT_THAT(model->form(), HasSubstr("frozen, in half precision"));
}

TEST(HalfPrecision, IsRefusedWhereItLosesTooMuch) {
  Placement half;
  half.half = true;
  half.probe = message_of(50'000.0f);  // its double is beyond 65504
  EXPECT_THAT(load_error(archive_of(kGain), half),
              AllOf(HasSubstr("answers inf to a probe where it answered 100000.000000"), HasSubstr("half precision")));
}

constexpr const char* kInt8Layer = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return quantized.linear_dynamic(dense, self.layer, False)
)";

TEST(Int8, RunsWhereLibTorchHasAnEngineForIt) {
  if (at::globalContext().qEngine() == at::kNoQEngine) GTEST_SKIP() << "this LibTorch has no int8 engine";
  const auto model = load(archive_with_int8_layer(kInt8Layer), {});
  std::vector<float> logits;
  ASSERT_TRUE(model->run(message_of(1.0f), logits));
  EXPECT_THAT(logits, ElementsAre(FloatNear(1.0f, 0.05f), FloatNear(2.0f, 0.05f)));
}

TEST(Int8, NamesTheBackendThatHasNoSuchOperator) {
  const auto model = load(archive_with_int8_layer(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return quantized.add(dense, dense, 1.0, 0)
)"),
                          {});
  std::vector<float> logits;
  EXPECT_THAT(model->run(message_of(1.0f), logits).error(),
              HasSubstr("operator quantized::add does not run on the backend CPU of LibTorch"));
}

TEST(MissingBackend, ReadsWhatLibTorchSays) {
  EXPECT_THAT(missing_backend("Could not run 'quantized::linear_dynamic' with arguments from the 'CUDA' backend. This "
                              "could be because the operator doesn't exist for this backend, ..."),
              HasSubstr("operator quantized::linear_dynamic does not run on the backend CUDA of LibTorch"));
  EXPECT_THAT(missing_backend("\nUnknown builtin op: aten::scaled_dot_product_attention.\nHere are some suggestions:"),
              HasSubstr("operator aten::scaled_dot_product_attention is not in LibTorch"));
  EXPECT_THAT(
      missing_backend("Didn't find engine for operation quantized::linear_prepack NoQEngine"),
      AllOf(HasSubstr(
                "operator quantized::linear_prepack needs an int8 engine (FBGEMM, QNNPACK or ONEDNN) that LibTorch"),
            HasSubstr("it has: ")));
  EXPECT_EQ(missing_backend("index out of range in self"), "");
}

TEST(DeviceFailure, IsToldFromAFailureOfTheModel) {
  EXPECT_TRUE(names_device_failure("the model failed: CUDA error: device-side assert triggered"));
  EXPECT_TRUE(names_device_failure("the model failed: RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB"));
  EXPECT_TRUE(names_device_failure("the model failed: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"));
  EXPECT_FALSE(names_device_failure("the model failed: RuntimeError: AssertionError: one at a time"));
  EXPECT_FALSE(names_device_failure("operator quantized::add does not run on the backend CUDA of LibTorch 2.6"));
  EXPECT_TRUE(device_answers(at::Device(at::kCPU)));
}

TEST(PackedInputs, HoldTheSameNumbersInOnePieceOfMemory) {
  PackedInputs packed(at::Device(at::kCPU), HostMemory::Pageable);
  for (const std::size_t count : {1u, 3u, 20'000u, 2u}) {  // grows, and is used again
    TokenBatch batch;
    for (std::size_t i = 0; i < count; ++i)
      batch.add({static_cast<std::int64_t>(i), -7}, {0.5f, static_cast<float>(i)}, {1.0f, 2.0f, static_cast<float>(i)});
    const BatchTensors found = packed.place(batch), expected = borrow_tensors(batch);
    EXPECT_TRUE(found.tokens.equal(expected.tokens));
    EXPECT_TRUE(found.weights.equal(expected.weights));
    EXPECT_TRUE(found.offsets.equal(expected.offsets));
    EXPECT_TRUE(found.dense.equal(expected.dense));
  }
}

TEST(PackedInputs, TakeAMessageWithoutTokensAndDenseFeatures) {
  TokenBatch batch;
  batch.add({}, {}, {});
  PackedInputs packed(at::Device(at::kCPU), HostMemory::Pageable);
  const BatchTensors found = packed.place(batch);
  EXPECT_EQ(found.tokens.numel(), 0);
  EXPECT_EQ(found.dense.size(0), 1);
  EXPECT_EQ(found.dense.size(1), 0);
}

}  // namespace
}  // namespace winnow
