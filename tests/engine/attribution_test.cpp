#include "engine/attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;

/// The logit is a function of two sums, over weights and over dense values; the second label is its double.
struct Shape {
  double (*value)(double weights, double dense);
  double (*by_weight)(double weights, double dense);
  double (*by_dense)(double weights, double dense);
};

class ShapedModel : public Model {
 public:
  ShapedModel(Shape shape, std::shared_ptr<ModelLog> log) : shape_(shape), log_(std::move(log)) {}

  Status run(const TokenBatch&, std::vector<float>&) override { return Status::failed("not asked for"); }

  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    {
      const std::lock_guard lock(log_->mutex);
      log_->batch_sizes.push_back(batch.messages);
    }
    gradients = {};
    const std::size_t tokens = batch.weights.size() / batch.messages, width = batch.dense.size() / batch.messages;
    const double factor = label == 0 ? 1 : 2;
    for (std::size_t i = 0; i < batch.messages; ++i) {
      const auto weight = batch.weights.begin() + static_cast<std::ptrdiff_t>(i * tokens);
      const auto dense = batch.dense.begin() + static_cast<std::ptrdiff_t>(i * width);
      const double w = std::accumulate(weight, weight + static_cast<std::ptrdiff_t>(tokens), 0.0);
      const double d = std::accumulate(dense, dense + static_cast<std::ptrdiff_t>(width), 0.0);
      gradients.logits.push_back(static_cast<float>(factor * shape_.value(w, d)));
      gradients.weights.insert(gradients.weights.end(), tokens, static_cast<float>(factor * shape_.by_weight(w, d)));
      gradients.dense.insert(gradients.dense.end(), width, static_cast<float>(factor * shape_.by_dense(w, d)));
    }
    return Status::ok();
  }
  std::string device() const override { return "cpu"; }

 private:
  const Shape shape_;
  const std::shared_ptr<ModelLog> log_;
};

double one(double, double) { return 1; }
double two(double, double) { return 2; }
double nothing(double, double) { return 0; }

constexpr Shape kStraight{[](double w, double d) { return w + 2 * d - 3; }, one, two};
/// A rectifier that opens when 73 % of the way to two tokens of weight 1 is done.
constexpr Shape kBent{[](double w, double) { return 10 * std::max(0.0, w - 1.46); },
                      [](double w, double) { return w > 1.46 ? 10.0 : 0.0; }, nothing};
constexpr Shape kCurved{[](double w, double d) { return std::tanh(3 * w) + w * d; },
                        [](double w, double d) { return 3 / (std::cosh(3 * w) * std::cosh(3 * w)) + d; },
                        [](double w, double) { return w; }};
/// A jump that no gradient tells of.
constexpr Shape kJump{[](double w, double) { return w > 1 ? 1.0 : 0.0; }, nothing, nothing};
constexpr Shape kNotANumber{[](double w, double) { return std::log(w); }, one, nothing};

class AttributionTest : public ::testing::Test {
 protected:
  Attribution attribute_with(Shape shape, const Features& features, AttributionLimits limits = {}) {
    LoadedModel loaded;
    loaded.manifest.table_size = 1024;
    loaded.manifest.calibration.resize(1);
    loaded.replicas.push_back(std::make_unique<ShapedModel>(shape, log_));
    const Engine engine(std::move(loaded), settings_);
    limits.until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    return attribute(engine, features, label_, limits);
  }

  static double sum(const Attribution& attribution) {
    return std::accumulate(attribution.tokens.begin(), attribution.tokens.end(), 0.0) +
           std::accumulate(attribution.dense.begin(), attribution.dense.end(), 0.0);
  }

  EngineSettings settings_;
  std::size_t label_ = 0;
  std::shared_ptr<ModelLog> log_ = std::make_shared<ModelLog>();
};

TEST_F(AttributionTest, OfAStraightModelIsValueTimesSlope) {
  const Attribution result = attribute_with(kStraight, features_of({7, 8}));  // weights 1, dense 0.5 and 0.25
  ASSERT_EQ(result.error, "");
  EXPECT_THAT(result.tokens, ElementsAre(DoubleNear(1, 1e-6), DoubleNear(1, 1e-6)));
  EXPECT_THAT(result.dense, ElementsAre(DoubleNear(1, 1e-6), DoubleNear(0.5, 1e-6)));
  EXPECT_DOUBLE_EQ(result.start, -3);
  EXPECT_DOUBLE_EQ(result.logit, 0.5);
  EXPECT_TRUE(result.adds_up);
  EXPECT_THAT(log_->batch_sizes, ElementsAre(9u));
}

// A model that computes on the thread that asks had its answer whatever the clock said, and mail waited for its reasons.
TEST_F(AttributionTest, AsksTheModelNothingOnceItsTimeIsOver) {
  LoadedModel loaded;
  loaded.manifest.table_size = 1024;
  loaded.manifest.calibration.resize(1);
  loaded.replicas.push_back(std::make_unique<ShapedModel>(kStraight, log_));
  const Engine engine(std::move(loaded), settings_);
  AttributionLimits limits;
  limits.until = std::chrono::steady_clock::now();
  const Attribution result = attribute(engine, features_of({7, 8}), label_, limits);
  EXPECT_EQ(result.cause, ScoreError::Deadline);
  EXPECT_EQ(result.error, "the model gave no answer in time");
  EXPECT_THAT(log_->batch_sizes, ElementsAre());
}

TEST_F(AttributionTest, AddsUpWithinOnePercentWhereTheModelBends) {
  const Attribution result = attribute_with(kBent, features_of({7, 8}));
  ASSERT_EQ(result.error, "");
  EXPECT_TRUE(result.adds_up);
  EXPECT_NEAR(sum(result), 5.4, 0.054);
  EXPECT_NEAR(result.tokens[0], 2.7, 0.027);
  EXPECT_GT(result.points, 9u) << "the first points cannot find the bend";
}

TEST_F(AttributionTest, TakesFewerPointsForAReaderWhoAsksForLess) {
  const AttributionLimits rough{.until = {}, .first_steps = 3, .tolerance = 0.1};
  const Attribution result = attribute_with(kBent, features_of({7, 8}), rough);
  ASSERT_EQ(result.error, "");
  EXPECT_TRUE(result.adds_up);
  EXPECT_NEAR(sum(result), 5.4, 0.54);
  EXPECT_LT(result.points, attribute_with(kBent, features_of({7, 8})).points);
}

TEST_F(AttributionTest, AddsUpWithinOnePercentWhereTheModelCurves) {
  const Attribution result = attribute_with(kCurved, features_of({7, 8, 9}));
  ASSERT_EQ(result.error, "");
  EXPECT_TRUE(result.adds_up);
  EXPECT_NEAR(sum(result), result.logit - result.start, 0.01 * (result.logit - result.start));
}

TEST_F(AttributionTest, OfTheLabelAskedForIsTheLabels) {
  label_ = 1;
  EXPECT_DOUBLE_EQ(attribute_with(kStraight, features_of({7, 8})).logit, 1);
}

TEST_F(AttributionTest, SaysWhenItDoesNotAddUp) {
  const Attribution result = attribute_with(kJump, features_of({7, 8}), {{}, 40});
  ASSERT_EQ(result.error, "");
  EXPECT_FALSE(result.adds_up);
  EXPECT_DOUBLE_EQ(result.remainder, 1);
  EXPECT_THAT(result.points, Le(40u));
}

TEST_F(AttributionTest, AsksForNoMorePointsAtOnceThanABatchHolds) {
  settings_.max_batch_size = 4;
  EXPECT_TRUE(attribute_with(kBent, features_of({7, 8})).adds_up);
  EXPECT_THAT(log_->batch_sizes, ::testing::Each(Le(4u)));
}

TEST_F(AttributionTest, OfAMessageWithoutTokensIsThatOfItsDenseValues) {
  const Attribution result = attribute_with(kStraight, features_of({}));
  ASSERT_EQ(result.error, "");
  EXPECT_TRUE(result.tokens.empty());
  EXPECT_NEAR(sum(result), 1.5, 1e-6);
}

TEST_F(AttributionTest, FailsWhereTheModelIsNoNumber) {
  const Attribution failed = attribute_with(kNotANumber, features_of({7}));
  EXPECT_THAT(failed.error, HasSubstr("not a number"));
  EXPECT_EQ(failed.cause, ScoreError::ModelFailed);
}

TEST(Attribution, FailsWithAModelThatHasNoDerivatives) {
  LoadedModel loaded;
  loaded.manifest.table_size = 1024;
  loaded.replicas.push_back(std::make_unique<SumModel>());
  const Engine engine(std::move(loaded), {});
  const AttributionLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(60)};
  EXPECT_THAT(attribute(engine, features_of({1}), 0, limits).error, HasSubstr("no derivatives"));
}

TEST(Attribution, GivesUpAtItsTime) {
  const auto gate = std::make_shared<Gate>();
  LoadedModel loaded;
  loaded.manifest.table_size = 1024;
  loaded.replicas.push_back(std::make_unique<SumModel>(nullptr, gate));
  const Engine engine(std::move(loaded), {});
  const auto busy = engine.submit(features_of({1}));
  gate->await_arrivals(1);
  const Attribution late = attribute(engine, features_of({1}), 0, {std::chrono::steady_clock::now()});
  EXPECT_THAT(late.error, HasSubstr("in time"));
  EXPECT_EQ(late.cause, ScoreError::Deadline);
  gate->open();
}

}  // namespace
}  // namespace winnow
