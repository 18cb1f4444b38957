#include "engine/stand_in_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Fails with the cause "timeout" for a message of token -1; else as SumModel, plus a hundred.
class FarModel : public SumModel {
 public:
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    const Status status = SumModel::run(batch, logits);
    for (float& logit : logits) logit += 100.0f;
    return status;
  }
  std::string_view failure_cause() const override { return "timeout"; }
  std::string device() const override { return "remote"; }
};

/// The number of tokens.
class CountModel : public Model {
 public:
  explicit CountModel(Status status = Status::ok()) : status_(std::move(status)) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    logits.assign(batch.messages, static_cast<float>(batch.tokens.size()));
    return status_;
  }
  Status differentiate(const TokenBatch&, std::size_t, Gradients& gradients) override {
    gradients.logits = {7.0f};
    return Status::ok();
  }
  std::string device() const override { return "cpu"; }

 private:
  const Status status_;
};

TokenBatch batch_of(const std::vector<std::int64_t>& tokens) {
  TokenBatch batch;
  batch.add(tokens, std::vector<float>(tokens.size(), 1.0f), {});
  return batch;
}

class StandInModelTest : public ::testing::Test {
 protected:
  StandInModel model_{std::make_unique<FarModel>(), std::make_unique<CountModel>()};
  std::vector<float> logits_;
};

TEST_F(StandInModelTest, TakesTheAnswerOfTheFirstChoice) {
  ASSERT_TRUE(model_.run(batch_of({3, 4}), logits_));
  EXPECT_THAT(logits_, ElementsAre(107.0f));
  EXPECT_EQ(model_.stand_in_cause(), "");
}

TEST_F(StandInModelTest, LetsTheStandInAnswerAndSaysWhy) {
  ASSERT_TRUE(model_.run(batch_of({-1, 5, 6}), logits_));
  EXPECT_THAT(logits_, ElementsAre(3.0f));
  EXPECT_EQ(model_.stand_in_cause(), "timeout");
}

TEST_F(StandInModelTest, TakesNaNAndInfinityForFailures) {
  for (const std::int64_t token : {-3, -6}) {
    ASSERT_TRUE(model_.run(batch_of({token}), logits_));
    EXPECT_THAT(logits_, ElementsAre(1.0f));
    EXPECT_EQ(model_.stand_in_cause(), "answer");
  }
}

TEST_F(StandInModelTest, TakesAnExceptionForAFailure) {
  ASSERT_TRUE(model_.run(batch_of({-2}), logits_));
  EXPECT_EQ(model_.stand_in_cause(), "model");
}

TEST_F(StandInModelTest, ForgetsTheCauseOnceTheFirstChoiceAnswersAgain) {
  ASSERT_TRUE(model_.run(batch_of({-1}), logits_));
  ASSERT_TRUE(model_.run(batch_of({2}), logits_));
  EXPECT_EQ(model_.stand_in_cause(), "");
}

TEST_F(StandInModelTest, FailsWithBothReasonsWhenBothFail) {
  StandInModel model(std::make_unique<FarModel>(),
                     std::make_unique<CountModel>(Status::failed("no memory here either")));
  const Status status = model.run(batch_of({-1}), logits_);
  EXPECT_FALSE(status);
  EXPECT_THAT(status.error(), AllOf(HasSubstr("out of memory"), HasSubstr("no memory here either")));
  EXPECT_EQ(model.stand_in_cause(), "");
}

TEST_F(StandInModelTest, DifferentiatesTheFirstChoiceThatHasDerivatives) {
  StandInModel model(std::make_unique<CountModel>(), std::make_unique<FarModel>());
  Gradients gradients;
  ASSERT_TRUE(model.differentiate(batch_of({3}), 0, gradients));
  EXPECT_THAT(gradients.logits, ElementsAre(7.0f));
}

TEST_F(StandInModelTest, DifferentiatesTheStandInOfOneThatHasNone) {
  Gradients gradients;
  ASSERT_TRUE(model_.differentiate(batch_of({3}), 0, gradients));
  EXPECT_THAT(gradients.logits, ElementsAre(7.0f));
}

TEST_F(StandInModelTest, NamesTheDeviceOfTheFirstChoice) { EXPECT_EQ(model_.device(), "remote"); }

}  // namespace
}  // namespace winnow
