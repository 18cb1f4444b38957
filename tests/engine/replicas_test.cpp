#include "engine/replicas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "engine/model_file.h"
#include "engine/probe.h"
#include "tests/engine/temporary_folder.h"

namespace winnow {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What a test tells the models of one device, and what they saw.
struct Machine {
  std::mutex mutex;
  std::map<std::string, int> failures;   // device -> runs of its models that are yet to fail
  std::map<std::string, int> loads;      // device -> models made
  std::vector<std::size_t> batch_sizes;  // of all runs
  std::vector<Placement> placements;
  bool has_twins = false, needs_no_queue = false;
};

/// One logit per message: the number of its device ("cpu" is -1).
class MachineModel : public Model {
 public:
  MachineModel(Machine& machine, std::string device) : machine_(machine), device_(std::move(device)) {}
  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    const std::lock_guard lock(machine_.mutex);
    machine_.batch_sizes.push_back(batch.messages);
    failed_ = machine_.failures[device_] > 0;
    if (failed_) --machine_.failures[device_];
    if (failed_) return Status::failed("CUDA error: an illegal memory access was encountered");
    logits.assign(batch.messages, device_ == "cpu" ? -1.0f : std::stof(device_.substr(5)));
    return Status::ok();
  }
  std::unique_ptr<Model> twin() const override {
    return machine_.has_twins ? std::make_unique<MachineModel>(machine_, device_) : nullptr;
  }
  bool runs_side_by_side() const override { return machine_.needs_no_queue && device_ == "cpu"; }
  std::string_view failure_cause() const override { return failed_ ? kDeviceFailure : "model"; }
  std::string device() const override { return device_; }
  std::string form() const override { return "pretended"; }

 private:
  Machine& machine_;
  const std::string device_;
  bool failed_ = false;
};

/// LibTorch on a machine with two GPUs, as far as replicas need it.
class MachineBackend : public TorchBackend {
 public:
  explicit MachineBackend(Machine& machine) : machine_(machine) {}
  std::string version() const override { return "0"; }
  std::size_t cuda_devices() const override { return 2; }
  Status inspect(std::string_view, ModelInspection&) override { return Status::ok(); }
  Status load(std::string_view, const Placement& placement, std::unique_ptr<Model>& model) override {
    const std::lock_guard lock(machine_.mutex);
    ++machine_.loads[placement.devices.front()];
    machine_.placements.push_back(placement);
    model = std::make_unique<MachineModel>(machine_, placement.devices.front());
    return Status::ok();
  }
  Status make_trainer(const ArchitectureSpec&, const std::vector<std::int64_t>&, const OptimizerSpec&,
                      std::unique_ptr<Trainer>&) override {
    return Status::failed("no trainer");
  }
  Status make_compressor(std::string_view, std::unique_ptr<Compressor>&) override {
    return Status::failed("no compressor");
  }
  Status make_trainer_from(std::string_view, const std::vector<std::int64_t>&, const OptimizerSpec&, ArchitectureSpec&,
                           std::unique_ptr<Trainer>&) override {
    return Status::failed("no trainer");
  }
  void enter_inference_thread() override {}

 private:
  Machine& machine_;
};

class ReplicasTest : public ::testing::Test {
 protected:
  ReplicasTest() {
    manifest_.table_size = 1024;
    manifest_.dense_names = {"links"};
    settings_.model = folder_.write("model.pt", "a model");
    settings_.max_batch_size = 6;
  }
  std::string load(Replicas& replicas) {
    std::string error;
    const auto file = read_model_file(settings_.model, error);
    EXPECT_TRUE(file) << error;
    return load_replicas(backend_, *file, manifest_, settings_, {2, 4}, replicas).error();
  }
  void fail_once(const std::string& device) {
    const std::lock_guard lock(machine_.mutex);
    machine_.failures[device] = 1;
  }
  static void await(const std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    while (counter < count) std::this_thread::yield();
  }

  const TemporaryFolder folder_;
  Machine machine_;
  MachineBackend backend_{machine_};
  Manifest manifest_;
  EngineSettings settings_;
  std::vector<float> logits_;
};

TEST_F(ReplicasTest, OfOneProcessorShareTheirWeightsWhereTheModelCan) {
  settings_.device = "cpu";
  settings_.replicas = 3;
  for (const bool has_twins : {true, false}) {
    machine_.has_twins = has_twins;
    machine_.loads.clear();
    Replicas replicas;
    ASSERT_EQ(load(replicas), "");
    EXPECT_EQ(replicas.models.size(), 3u);
    EXPECT_THAT(replicas.forms, Each("cpu, pretended"));
    EXPECT_EQ(machine_.loads["cpu"], has_twins ? 1 : 3);
  }
}

TEST_F(ReplicasTest, RunsOnEveryGpuAndSaysHow) {
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  ASSERT_EQ(replicas.models.size(), 2u);
  EXPECT_THAT(replicas.forms, ElementsAre("cuda:0, pretended", "cuda:1, pretended"));
  ASSERT_TRUE(replicas.models[1]->run(probe_batch(manifest_, 1), logits_));
  EXPECT_THAT(logits_, ElementsAre(1.0f));
}

TEST_F(ReplicasTest, TakesNoGpuByItselfForAModelThatNeedsNoQueue) {
  machine_.needs_no_queue = true;
  settings_.replicas = 2;
  Replicas on_cpu, on_gpus;
  ASSERT_EQ(load(on_cpu), "");
  EXPECT_THAT(on_cpu.forms, Each("cpu, pretended"));
  EXPECT_EQ(machine_.loads["cpu"], 2);  // the copy that showed it is used
  EXPECT_EQ(machine_.loads["cuda:0"], 0);
  settings_.device = "cuda";
  ASSERT_EQ(load(on_gpus), "");
  EXPECT_THAT(on_gpus.forms, ElementsAre("cuda:0, pretended", "cuda:1, pretended"));
}

TEST_F(ReplicasTest, AnswersOnTheCpuWhileAGpuIsGoneAndComesBack) {
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  fail_once("cuda:0");
  Model& model = *replicas.models[0];
  ASSERT_TRUE(model.run(probe_batch(manifest_, 1), logits_));
  EXPECT_THAT(logits_, ElementsAre(-1.0f));
  EXPECT_EQ(model.stand_in_cause(), kDeviceFailure);
  EXPECT_EQ(replicas.rebuilds->lost, 1u);
  await(replicas.rebuilds->rebuilt, 1);
  ASSERT_TRUE(model.run(probe_batch(manifest_, 1), logits_));
  EXPECT_THAT(logits_, ElementsAre(0.0f));
  EXPECT_EQ(model.stand_in_cause(), "");
}

TEST_F(ReplicasTest, TakesNoOtherFileThanTheOneThatWasChecked) {
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  folder_.write("model.pt", "another model");
  fail_once("cuda:1");
  ASSERT_TRUE(replicas.models[1]->run(probe_batch(manifest_, 1), logits_));
  await(replicas.rebuilds->failed, 1);
  const std::lock_guard lock(machine_.mutex);
  EXPECT_EQ(machine_.loads["cuda:1"], 1);
}

TEST_F(ReplicasTest, RefusesWhatFailsOnTheGpu) {
  fail_once("cuda:1");
  Replicas replicas;
  EXPECT_THAT(load(replicas), HasSubstr("failed on a probe of 1 messages: CUDA error"));
}

TEST_F(ReplicasTest, TriesTheCpuFirst) {
  fail_once("cpu");
  Replicas replicas;
  EXPECT_THAT(load(replicas), HasSubstr("failed on a probe of 1 messages"));
  EXPECT_EQ(machine_.loads["cuda:0"], 0);
}

TEST_F(ReplicasTest, HalvesThePrecisionOnlyOnGpusAndOnlyWhereTheManifestAllowsIt) {
  settings_.device = "cuda:1";
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  for (const Placement& placement : machine_.placements) EXPECT_FALSE(placement.half);
  machine_.placements.clear();
  manifest_.half = true;
  ASSERT_EQ(load(replicas), "");
  ASSERT_EQ(machine_.placements.size(), 2u);
  for (const Placement& placement : machine_.placements)
    EXPECT_EQ(placement.half, placement.devices.front() == "cuda:1");
}

TEST_F(ReplicasTest, SpreadsAModelInPartsAndKeepsItWholeOnTheCpu) {
  manifest_.stages = {{{"table", "rest"}, Reduce::Sum}};
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  ASSERT_EQ(machine_.placements.size(), 2u);
  EXPECT_THAT(machine_.placements[0].devices, ElementsAre("cpu"));
  EXPECT_THAT(machine_.placements[1].devices, ElementsAre("cuda:0", "cuda:1"));
  EXPECT_EQ(machine_.placements[1].stages.size(), 1u);
  EXPECT_EQ(replicas.models.size(), 1u);
}

TEST_F(ReplicasTest, WarmsUpWithBatchesOfEverySizeThatMayCome) {
  settings_.device = "cpu";
  settings_.replicas = 1;
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  EXPECT_THAT(machine_.batch_sizes, ElementsAre(1, 1, 1, 2, 2, 2, 4, 4, 4, 6, 6, 6));
}

/// Three runs of a full batch are half a minute of a model that takes 100 ms a message, and an MTA waits for the daemon.
TEST_F(ReplicasTest, TriesFullBatchesOnTheFirstCopyOfTheProcessorOnly) {
  settings_.device = "cpu";
  settings_.replicas = 3;
  Replicas replicas;
  ASSERT_EQ(load(replicas), "");
  EXPECT_THAT(machine_.batch_sizes, ElementsAre(1, 1, 1, 2, 2, 2, 4, 4, 4, 6, 6, 6, 1, 1, 1, 1, 1, 1));
}

TEST(ProbeSizes, AreThePowersOfTwoAndTheLargest) {
  EXPECT_THAT(probe_sizes(1), ElementsAre(1));
  EXPECT_THAT(probe_sizes(2), ElementsAre(1, 2));
  EXPECT_THAT(probe_sizes(32), ElementsAre(1, 2, 4, 8, 16, 32));
  EXPECT_THAT(probe_sizes(33), ElementsAre(1, 2, 4, 8, 16, 32, 33));
}

}  // namespace
}  // namespace winnow
