#include "engine/replica_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winnow {
namespace {

using ::testing::HasSubstr;
using Plan = std::vector<ReplicaDevices>;
using List = std::vector<std::string>;
using enum ModelShape;

struct PlanCase {
  const char* what;
  DeviceSetting device;
  std::size_t replicas;
  Hardware hardware;
  ModelShape shape;
  Plan expected;
};

class ReplicaPlan : public ::testing::TestWithParam<PlanCase> {};

TEST_P(ReplicaPlan, GivesEachReplicaItsDevices) {
  EngineSettings settings;
  settings.device = GetParam().device;
  settings.replicas = GetParam().replicas;
  Plan plan;
  EXPECT_EQ(plan_replicas(settings, GetParam().hardware, GetParam().shape, plan).error(), "");
  EXPECT_EQ(plan, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReplicaPlan,
    ::testing::Values(
        PlanCase{"AutoIsHalfOfTheCores", "auto", 0, {0, 5}, Whole, {{"cpu"}, {"cpu"}}},
        PlanCase{"AutoIsAtLeastOne", "auto", 0, {0, 1}, Whole, {{"cpu"}}},
        PlanCase{"AutoTakesEveryGpu", "auto", 0, {2, 8}, Whole, {{"cuda:0"}, {"cuda:1"}}},
        PlanCase{"CpuLeavesTheGpusAlone", "cpu", 0, {2, 4}, Whole, {{"cpu"}, {"cpu"}}},
        PlanCase{"CudaIsEveryGpu", "cuda", 0, {2, 4}, Whole, {{"cuda:0"}, {"cuda:1"}}},
        PlanCase{"OneGpu", "cuda:1", 0, {2, 4}, Whole, {{"cuda:1"}}},
        PlanCase{"TwoOnOneGpu", "cuda:1", 2, {2, 4}, Whole, {{"cuda:1"}, {"cuda:1"}}},
        PlanCase{"AListIsOneEach", List{"cuda:1", "cpu"}, 0, {2, 8}, Whole, {{"cuda:1"}, {"cpu"}}},
        PlanCase{"AListOfOneIsOne", List{"cpu"}, 0, {0, 8}, Whole, {{"cpu"}}},
        PlanCase{"ReplicasGoRound", List{"cuda:0", "cuda:1"}, 3, {2, 8}, Whole, {{"cuda:0"}, {"cuda:1"}, {"cuda:0"}}},
        PlanCase{"PartsAreSpreadOverTheList", List{"cuda:0", "cuda:1"}, 0, {2, 8}, InParts, {{"cuda:0", "cuda:1"}}},
        PlanCase{"PartsAreSpreadOverAllGpus", "auto", 0, {3, 8}, InParts, {{"cuda:0", "cuda:1", "cuda:2"}}},
        PlanCase{"PartsOfManyReplicas", List{"cpu", "cpu"}, 2, {0, 8}, InParts, {{"cpu", "cpu"}, {"cpu", "cpu"}}},
        PlanCase{"PartsOnOneDeviceStayTogether", "cpu", 0, {0, 4}, InParts, {{"cpu"}, {"cpu"}}}),
    [](const auto& test) { return test.param.what; });

std::string problem_of(const DeviceSetting& device, std::size_t gpus) {
  EngineSettings settings;
  settings.device = device;
  Plan plan;
  const std::string problem = plan_replicas(settings, {gpus, 4}, Whole, plan).error();
  EXPECT_TRUE(plan.empty());
  return problem;
}

TEST(ReplicaPlanOfAStandIn, LeavesTheGpusAloneUnlessTheyAreNamed) {
  EngineSettings settings;
  settings.remote.urls = {"http://pool.example"};
  Plan automatic, named;
  EXPECT_EQ(plan_replicas(settings, {2, 2}, Whole, automatic).error(), "");
  EXPECT_EQ(automatic, Plan{{"cpu"}});
  settings.device = "cuda:1";
  EXPECT_EQ(plan_replicas(settings, {2, 2}, Whole, named).error(), "");
  EXPECT_EQ(named, Plan{{"cuda:1"}});
}

TEST(ReplicaPlanProblem, SaysWhichDeviceIsNotThere) {
  EXPECT_THAT(problem_of("cuda", 0), HasSubstr("cannot run on 'cuda': LibTorch sees no GPU"));
  EXPECT_THAT(problem_of("cuda:1", 0), HasSubstr("cannot run on 'cuda:1': LibTorch sees no GPU"));
  EXPECT_THAT(problem_of("cuda:1", 1), HasSubstr("cannot run on 'cuda:1': LibTorch sees 1 GPU, the first is cuda:0"));
  EXPECT_THAT(problem_of(List{"cpu", "cuda:2"}, 2), HasSubstr("'cuda:2': LibTorch sees 2 GPUs"));
}

}  // namespace
}  // namespace winnow
