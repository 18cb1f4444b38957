#include "engine/model_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/features/features.h"
#include "engine/model_file.h"
#include "tests/engine/temporary_folder.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TorchLoader : public ::testing::Test {
 protected:
  EngineSettings settings_for(const std::string& archive) {
    EngineSettings settings;
    settings.model = folder_.write("model.pt", archive);
    settings.device = "cpu";
    settings.replicas = 1;
    return settings;
  }
  std::string problem_of(const EngineSettings& settings) {
    Diagnostics problems;
    EXPECT_FALSE(load_model(settings, problems));
    EXPECT_EQ(problems.error_count(), 1u);
    EXPECT_THAT(problems.to_string(), HasSubstr(settings.model.string() + ": error: model: "));
    return problems.to_string();
  }
  std::string problem_of(const std::string& archive) { return problem_of(settings_for(archive)); }
  std::string problem_of(const Manifest& manifest) {
    return problem_of(archive_of(kSumForward, write_manifest(manifest)));
  }

  const std::string good_ = archive_of(kSumForward, write_manifest(fitting_manifest()));
  const TemporaryFolder folder_;
};

TEST_F(TorchLoader, LoadsAModelThatPassesEveryCheck) {
  EngineSettings settings = settings_for(good_);
  settings.sha256 = sha256_hex(good_);
  settings.replicas = 2;
  Diagnostics problems;
  const auto loaded = load_model(settings, problems);
  ASSERT_TRUE(loaded) << problems.to_string();
  EXPECT_EQ(loaded->manifest.name, "example");
  EXPECT_EQ(loaded->sha256, sha256_hex(good_));
  EXPECT_EQ(loaded->replicas.size(), 2u);
  EXPECT_EQ(loaded->replicas[0]->device(), "cpu");
}

TEST_F(TorchLoader, MakesAnEngineThatAnswers) {
  Diagnostics problems;
  const auto engine = make_engine(settings_for(good_), problems);
  ASSERT_TRUE(engine) << problems.to_string();
  Features features;
  features.tokens = {1, 2};
  features.weights = {0.5f, 0.5f};
  features.dense.assign(dense_features().size(), 0.0f);
  const auto outcome =
      engine->submit(features)->wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->error, ScoreError::None) << outcome->detail;
  EXPECT_EQ(outcome->logits, std::vector<float>{2.0f});
}

TEST_F(TorchLoader, RefusesGarbageAndTruncatedFiles) {
  EXPECT_THAT(problem_of(std::string("not a model")), HasSubstr("not a TorchScript archive"));
  EXPECT_THAT(problem_of(good_.substr(0, good_.size() / 2)), HasSubstr("is the file complete?"));
}

TEST_F(TorchLoader, RefusesAForeignModelWithoutManifest) {
  EXPECT_THAT(problem_of(archive_of(kSumForward)), HasSubstr("has no manifest"));
}

TEST_F(TorchLoader, RefusesAManifestThatCannotBeUsed) {
  EXPECT_THAT(problem_of(archive_of(kSumForward, "{}")),
              HasSubstr("manifest that cannot be used: 'format' is missing"));
}

TEST_F(TorchLoader, NamesBothFeatureSchemasWhenTheyDiffer) {
  Manifest manifest = fitting_manifest();
  manifest.schema_hash = "feedfeedfeedfeed";
  const std::string problem = problem_of(manifest);
  EXPECT_THAT(problem, HasSubstr("feedfeedfeedfeed"));
  EXPECT_THAT(problem, HasSubstr(feature_schema().id + " (" + feature_schema().hash + ")"));
}

TEST_F(TorchLoader, NamesTheFirstDenseFeatureThatDiffers) {
  Manifest manifest = fitting_manifest();
  manifest.dense_names[2] = "smell";
  EXPECT_THAT(problem_of(manifest), HasSubstr("dense feature 3 is 'smell' in the model and '" +
                                              std::string(dense_features()[2].name) + "' here"));
  manifest = fitting_manifest();
  manifest.dense_names.pop_back();
  EXPECT_THAT(problem_of(manifest), HasSubstr("dense features, this version computes"));
}

TEST_F(TorchLoader, RefusesForbiddenOperators) {
  EXPECT_THAT(problem_of(archive_of(std::string(kSumForward) + "\ndef other(self) -> Tensor:\n"
                                                               "    return torch.from_file(\"/etc/hostname\")\n",
                                    write_manifest(fitting_manifest()))),
              HasSubstr("aten::from_file in method other is not allowed"));
}

TEST_F(TorchLoader, RefusesAModelThatAnswersNotANumber) {
  EXPECT_THAT(problem_of(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return dense[:, :1] / 0.0 - dense[:, :1] / 0.0
)",
                                    write_manifest(fitting_manifest()))),
              HasSubstr("not a number"));
}

TEST_F(TorchLoader, ProbesWithAFullBatch) {
  EXPECT_THAT(problem_of(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    assert dense.size(0) < 32, "at most 31"
    return dense[:, :1]
)",
                                    write_manifest(fitting_manifest()))),
              HasSubstr("failed on a probe of 32 messages"));
}

TEST_F(TorchLoader, SaysWhenTheModelFailsAsItWasLoaded) {
  EXPECT_THAT(problem_of(archive_of(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    assert dense.size(0) == 1, "one at a time"
    return dense[:, :1]
)",
                                    write_manifest(fitting_manifest()))),
              AllOf(HasSubstr("failed on a probe of 8 messages"), HasSubstr("one at a time")));
}

TEST_F(TorchLoader, SpreadsAModelInPartsOverTheDevicesItIsGiven) {
  Manifest manifest = fitting_manifest();
  manifest.stages = {{{"inner"}, Reduce::None}};
  const std::string code = "def forward(self, dense: Tensor) -> Tensor:\n    return self.gain * dense[:, :1]\n";
  EngineSettings settings = settings_for(archive_in_parts({{"inner", code}}, R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    return self.inner.forward(dense)
)",
                                                          write_manifest(manifest)));
  settings.device = std::vector<std::string>{"cpu", "cpu"};
  settings.replicas = 0;
  Diagnostics problems;
  const auto loaded = load_model(settings, problems);
  ASSERT_TRUE(loaded) << problems.to_string();
  EXPECT_THAT(loaded->forms, ::testing::ElementsAre("cpu+cpu, frozen in 1 part"));
}

TEST_F(TorchLoader, RefusesAnotherNumberOfLabelsThanTheManifestNames) {
  Manifest manifest = fitting_manifest();
  manifest.labels = {"spam", "phishing"};
  manifest.calibration.resize(2);
  EXPECT_THAT(problem_of(manifest), HasSubstr("its manifest names 2 labels"));
}

TEST_F(TorchLoader, SaysWhenTheDeviceHasNoGpu) {
  if (backend().cuda_devices() > 0) GTEST_SKIP() << "this machine has a GPU";
  EngineSettings settings = settings_for(good_);
  for (const char* device : {"cuda", "cuda:1"}) {
    settings.device = device;
    EXPECT_THAT(problem_of(settings), HasSubstr("LibTorch sees no GPU"));
  }
}

TEST_F(TorchLoader, TakesTheCpuByItselfWhenThereIsNoGpu) {
  if (backend().cuda_devices() > 0) GTEST_SKIP() << "this machine has a GPU";
  EngineSettings settings = settings_for(good_);
  settings.device = "auto";
  settings.replicas = 0;
  Diagnostics problems;
  const auto loaded = load_model(settings, problems);
  ASSERT_TRUE(loaded) << problems.to_string();
  EXPECT_GE(loaded->replicas.size(), 1u);
  EXPECT_EQ(loaded->replicas[0]->device(), "cpu");
}

}  // namespace
}  // namespace winnow
