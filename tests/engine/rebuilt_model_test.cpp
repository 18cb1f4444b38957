#include "engine/rebuilt_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/stand_in_model.h"
#include "tests/engine/fake_models.h"

namespace winnow {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Answers `value`. Token -1: the computation fails. Token -5: the device does, then and ever after.
class DeviceModel : public Model {
 public:
  explicit DeviceModel(float value) : value_(value) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    cause_ = "model";
    if (batch.tokens.front() == -1) return Status::failed("index out of range");
    broken_ = broken_ || batch.tokens.front() == -5;
    if (broken_) cause_ = kDeviceFailure;
    if (broken_) return Status::failed("CUDA error: unspecified launch failure");
    logits.assign(batch.messages, value_);
    return Status::ok();
  }
  /// Needs memory that the device does not have.
  Status differentiate(const TokenBatch&, std::size_t, Gradients&) override {
    cause_ = kDeviceFailure;
    return Status::failed("CUDA out of memory");
  }
  std::string_view failure_cause() const override { return cause_; }
  std::string device() const override { return "cuda:1"; }

 private:
  const float value_;
  bool broken_ = false;
  std::string_view cause_ = "model";
};

TokenBatch batch_of(std::int64_t token) {
  TokenBatch batch;
  batch.add({token}, {1.0f}, {});
  return batch;
}

class RebuiltModelTest : public ::testing::Test {
 protected:
  std::unique_ptr<Model> make(ModelFactory factory, const RebuildPauses& pauses = {milliseconds(0), milliseconds(0)}) {
    return make_rebuilt_model(std::make_unique<DeviceModel>(1.0f), std::move(factory), pauses, counts_);
  }
  static void await(const std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    while (counter < count) std::this_thread::yield();
  }

  const std::shared_ptr<RebuildCounts> counts_ = std::make_shared<RebuildCounts>();
  std::vector<float> logits_;
};

Status never(std::unique_ptr<Model>& /*model*/) { return Status::failed("CUDA error: no device"); }

Status second_model(std::unique_ptr<Model>& model) {
  model = std::make_unique<DeviceModel>(2.0f);
  return Status::ok();
}

TEST_F(RebuiltModelTest, AnswersAsItsModel) {
  const auto model = make(never);
  ASSERT_TRUE(model->run(batch_of(7), logits_));
  EXPECT_THAT(logits_, ElementsAre(1.0f));
  EXPECT_EQ(model->device(), "cuda:1");
}

TEST_F(RebuiltModelTest, KeepsAModelWhoseComputationFailed) {
  const auto model = make(never);
  EXPECT_THAT(model->run(batch_of(-1), logits_).error(), HasSubstr("out of range"));
  EXPECT_EQ(model->failure_cause(), "model");
  EXPECT_TRUE(model->run(batch_of(7), logits_));
  EXPECT_EQ(counts_->lost, 0u);
}

TEST_F(RebuiltModelTest, KeepsAModelThatCannotBeExplained) {
  const auto model = make(never);
  Gradients gradients;
  EXPECT_THAT(model->differentiate(batch_of(7), 0, gradients).error(), HasSubstr("out of memory"));
  EXPECT_TRUE(model->run(batch_of(7), logits_));
  EXPECT_EQ(counts_->lost, 0u);
}

TEST_F(RebuiltModelTest, FailsAtOnceAndSaysWhyWhileTheNextIsMade) {
  const auto gate = std::make_shared<Gate>();
  const auto model = make([gate](std::unique_ptr<Model>& next) {
    gate->pass();
    return second_model(next);
  });
  EXPECT_FALSE(model->run(batch_of(-5), logits_));
  EXPECT_EQ(model->failure_cause(), kDeviceFailure);
  gate->await_arrivals(1);
  EXPECT_THAT(model->run(batch_of(7), logits_).error(),
              AllOf(HasSubstr("made anew on cuda:1"), HasSubstr("unspecified launch failure")));
  EXPECT_EQ(model->failure_cause(), kDeviceFailure);
  EXPECT_EQ(model->device(), "cuda:1");
  EXPECT_EQ(counts_->lost, 1u);
  gate->open();
}

TEST_F(RebuiltModelTest, TakesTheNextModelAsSoonAsItIsThere) {
  const auto model = make(second_model);
  EXPECT_FALSE(model->run(batch_of(-5), logits_));
  await(counts_->rebuilt, 1);
  ASSERT_TRUE(model->run(batch_of(7), logits_));
  EXPECT_THAT(logits_, ElementsAre(2.0f));
}

TEST_F(RebuiltModelTest, LosesTheNextModelToo) {
  const auto model = make(second_model);
  for (std::uint64_t time = 1; time <= 3; ++time) {
    EXPECT_FALSE(model->run(batch_of(-5), logits_));
    await(counts_->rebuilt, time);
    EXPECT_TRUE(model->run(batch_of(7), logits_));
  }
  EXPECT_EQ(counts_->lost, 3u);
}

TEST_F(RebuiltModelTest, TriesAgainAfterAFailedAttempt) {
  int attempts = 0;
  const auto model = make([&attempts](std::unique_ptr<Model>& next) {
    ++attempts;
    if (attempts == 1) return never(next);
    if (attempts == 2) throw std::runtime_error("thrown by the factory");
    return second_model(next);
  });
  EXPECT_FALSE(model->run(batch_of(-5), logits_));
  await(counts_->rebuilt, 1);
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(counts_->failed, 2u);
  EXPECT_TRUE(model->run(batch_of(7), logits_));
}

/// Makes the second model. Copying it fails the first time, as starting a thread may; whoever makes a model copies it.
class ReluctantFactory {
 public:
  ReluctantFactory() = default;
  ReluctantFactory(const ReluctantFactory& other) : failed_(other.failed_) {
    if (!std::exchange(*failed_, true)) throw std::system_error(EAGAIN, std::generic_category());
  }
  ReluctantFactory(ReluctantFactory&&) noexcept = default;
  ReluctantFactory& operator=(const ReluctantFactory&) = delete;
  ReluctantFactory& operator=(ReluctantFactory&&) = delete;
  ~ReluctantFactory() = default;
  Status operator()(std::unique_ptr<Model>& model) const { return second_model(model); }

 private:
  std::shared_ptr<bool> failed_ = std::make_shared<bool>(false);
};

/// There was neither a model nor a thread that makes one then, and the next message met a null pointer.
TEST_F(RebuiltModelTest, TriesAgainWhenTheThreadThatMakesTheNextCannotBeStarted) {
  const auto model = make(ReluctantFactory());
  EXPECT_THAT(model->run(batch_of(-5), logits_).error(), HasSubstr("unspecified launch failure"));
  EXPECT_EQ(model->failure_cause(), kDeviceFailure);
  EXPECT_THAT(model->run(batch_of(7), logits_).error(), HasSubstr("made anew on cuda:1"));
  await(counts_->rebuilt, 1);
  ASSERT_TRUE(model->run(batch_of(7), logits_));
  EXPECT_THAT(logits_, ElementsAre(2.0f));
}

TEST_F(RebuiltModelTest, EndsAtOnceWhileItPauses) {
  const auto model = make(never, {hours(24), hours(24)});
  EXPECT_FALSE(model->run(batch_of(-5), logits_));
  await(counts_->failed, 1);
  EXPECT_EQ(counts_->rebuilt, 0u);
}

TEST_F(RebuiltModelTest, LosesAModelThatCannotBeDifferentiatedToNothing) {
  const auto model = make(never);
  Gradients gradients;
  EXPECT_FALSE(model->differentiate(batch_of(7), 0, gradients));
  EXPECT_TRUE(model->run(batch_of(7), logits_));
}

TEST_F(RebuiltModelTest, LetsItsStandInAnswerUntilItIsBack) {
  const auto gate = std::make_shared<Gate>();
  StandInModel pair(make([gate](std::unique_ptr<Model>& next) {
                      gate->pass();
                      return second_model(next);
                    }),
                    std::make_unique<SumModel>());
  ASSERT_TRUE(pair.run(batch_of(7), logits_));
  EXPECT_THAT(logits_, ElementsAre(1.0f));
  EXPECT_FALSE(pair.run(batch_of(-1), logits_)) << "neither can compute it";
  for (const std::int64_t token : {-5, 8}) {
    ASSERT_TRUE(pair.run(batch_of(token), logits_));
    EXPECT_THAT(logits_, ElementsAre(static_cast<float>(token)));
    EXPECT_EQ(pair.stand_in_cause(), kDeviceFailure);
  }
  gate->open();
  await(counts_->rebuilt, 1);
  ASSERT_TRUE(pair.run(batch_of(7), logits_));
  EXPECT_THAT(logits_, ElementsAre(2.0f));
  EXPECT_EQ(pair.stand_in_cause(), "");
}

TEST(RebuildPauses, GrowToTheLongest) {
  const RebuildPauses pauses{milliseconds(1'000), milliseconds(3'000)};
  EXPECT_EQ(next_pause(pauses.first, pauses), milliseconds(2'000));
  EXPECT_EQ(next_pause(milliseconds(2'000), pauses), milliseconds(3'000));
  EXPECT_EQ(next_pause(milliseconds(3'000), pauses), milliseconds(3'000));
}

TEST_F(RebuiltModelTest, PausesLongerAfterEachFailedAttempt) {
  const auto begin = std::chrono::steady_clock::now();
  const auto model = make(never, {milliseconds(20), hours(24)});
  EXPECT_FALSE(model->run(batch_of(-5), logits_));
  await(counts_->failed, 4);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(20 + 40 + 80));
}

}  // namespace
}  // namespace winnow
