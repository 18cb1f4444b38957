#include "engine/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/message/mail_input.h"

namespace winnow {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

/// logit = 0.1 * sum of weights + 0.5 * sum of dense values - 1
class LinearModel : public Model {
 public:
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    Gradients gradients;
    const Status status = differentiate(batch, 0, gradients);
    logits = gradients.logits;
    return status;
  }
  Status differentiate(const TokenBatch& batch, std::size_t /*label*/, Gradients& gradients) override {
    gradients.weights.assign(batch.weights.size(), 0.1f);
    gradients.dense.assign(batch.dense.size(), 0.5f);
    const std::size_t width = batch.dense.size() / batch.messages;
    for (std::size_t i = 0; i < batch.messages; ++i) {
      const auto begin = static_cast<std::size_t>(batch.offsets[i]);
      const auto end = i + 1 < batch.messages ? static_cast<std::size_t>(batch.offsets[i + 1]) : batch.weights.size();
      double logit = -1;
      for (std::size_t k = begin; k < end; ++k) logit += 0.1 * batch.weights[k];
      for (std::size_t k = 0; k < width; ++k) logit += 0.5 * batch.dense[i * width + k];
      gradients.logits.push_back(static_cast<float>(logit));
    }
    return Status::ok();
  }
  std::string device() const override { return "cpu"; }
};

Engine make_linear_engine(EngineSettings settings = {}) {
  LoadedModel loaded;
  loaded.manifest.table_size = 1u << 20;
  loaded.manifest.calibration = {{2.0, 0.5}};
  loaded.replicas.push_back(std::make_unique<LinearModel>());
  return Engine(std::move(loaded), settings);
}

const std::string kMail =
    "From: Ann <ann@shop.com>\nSubject: invoice!!!\nContent-Type: text/html\n\n"
    "See the invoice: <a href='http://evil.com/x'>www.paypal.com</a>\n";

Explanation explain_mail(const Engine& engine) {
  const Message message = read_message(mail_from_bytes(kMail, 1 << 20), {});
  return explain(engine, message, 0, {{std::chrono::steady_clock::now() + std::chrono::seconds(60)}});
}

TEST(Explanation, AddsUpToTheLogOddsOfTheProbability) {
  EngineSettings settings;
  settings.prior_spam = 0.2;
  const Engine engine = make_linear_engine(settings);
  const Explanation result = explain_mail(engine);
  ASSERT_EQ(result.error, "");
  double sum = result.start + result.prior_shift + result.remainder;
  for (const Contribution& contribution : result.contributions) sum += contribution.log_odds;
  EXPECT_NEAR(sum, result.log_odds, 1e-6);
  EXPECT_TRUE(result.adds_up);
  EXPECT_DOUBLE_EQ(result.start, 2 * -1 + 0.5);
  EXPECT_NEAR(result.prior_shift, std::log(0.25), 1e-9);

  const Features features = engine.extractor().extract(read_message(mail_from_bytes(kMail, 1 << 20), {}));
  const auto outcome = engine.submit(features)->wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  const double probability = engine.probabilities(outcome->logits)->front().value();
  EXPECT_NEAR(1 / (1 + std::exp(-result.log_odds)), probability, 1e-5);
}

TEST(Explanation, SaysWhatAReaderOfTheMailSees) {
  const Explanation result = explain_mail(make_linear_engine());
  const auto says = [](const std::string& text) { return Field(&Contribution::text, text); };
  EXPECT_THAT(result.contributions, Contains(says("subject word \"invoice\"")).Times(1));
  EXPECT_THAT(result.contributions, Contains(says("text word \"invoice\"")).Times(1));
  EXPECT_THAT(result.contributions, Contains(says("link text names paypal.com, target does not")).Times(1));
  EXPECT_THAT(result.contributions, Contains(says("exclamation marks in the subject")).Times(1));
  for (const char* part : {"characters \"nvoi", "opening word", "bucket"})
    EXPECT_THAT(result.contributions, Not(Contains(Field(&Contribution::text, HasSubstr(part)))));
}

TEST(Explanation, PutsTheStrongestFirst) {
  const Explanation result = explain_mail(make_linear_engine());
  ASSERT_GT(result.contributions.size(), 10u);
  for (std::size_t i = 1; i < result.contributions.size(); ++i)
    EXPECT_GE(std::abs(result.contributions[i - 1].log_odds), std::abs(result.contributions[i].log_odds));
}

TEST(Explanation, CountsADenseValueWithTheTokenMadeOfIt) {
  const Explanation result = explain_mail(make_linear_engine());
  ASSERT_EQ(result.features.size(), dense_features().size());
  for (const NamedContribution& feature : result.features) {
    if (feature.name == "subject_exclamations") {
      EXPECT_GT(feature.log_odds, 2 * 0.5 * feature.value) << "the bucket's token comes on top";
    }
    if (feature.value == 0) {
      EXPECT_EQ(feature.log_odds, 0) << feature.name;
    }
  }
}

TEST(Explanation, NamesNoMoreThanTheLimitsSay) {
  const Message message = read_message(mail_from_bytes(kMail, 1 << 20), {});
  const AttributionLimits path{std::chrono::steady_clock::now() + std::chrono::seconds(60)};
  EXPECT_EQ(explain(make_linear_engine(), message, 0, {path, 2, 0}).contributions.size(), 2u);
  LoadedModel turned;
  turned.manifest.table_size = 1u << 20;
  turned.manifest.calibration = {{-2.0, 0.5}};
  turned.replicas.push_back(std::make_unique<LinearModel>());
  const Engine engine(std::move(turned), {});
  EXPECT_EQ(explain(engine, message, 0, {path, 0, 3}).contributions.size(), 3u);
}

/// Its gradients say nothing of what its answer does.
class StubbornModel : public LinearModel {
 public:
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    const Status status = LinearModel::differentiate(batch, label, gradients);
    gradients.weights.assign(batch.weights.size(), 0.0f);
    gradients.dense.assign(batch.dense.size(), 0.0f);
    return status;
  }
};

TEST(Explanation, SaysWhenItDoesNotAddUp) {
  LoadedModel loaded;
  loaded.manifest.table_size = 1u << 20;
  loaded.manifest.calibration = {{2.0, 0.5}};
  loaded.replicas.push_back(std::make_unique<StubbornModel>());
  const Explanation result = explain_mail(Engine(std::move(loaded), {}));
  EXPECT_EQ(result.error, "");
  EXPECT_FALSE(result.adds_up);
}

}  // namespace
}  // namespace winnow
