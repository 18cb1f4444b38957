// Energy meters against an invented powercap tree and an invented driver.
#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "milter/cost.h"
#include "milter/energy_meter.h"
#include "milter/gpu_energy.h"
#include "milter/rapl.h"
#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

/// /sys/class/powercap as a test wants it.
class PowercapTree {
 public:
  void add_zone(const std::string& zone, const std::string& name, const std::string& microjoules) const {
    std::filesystem::create_directory(folder_.path() / zone);
    folder_.write(zone + "/name", name + "\n");
    folder_.write(zone + "/max_energy_range_uj", "262143328850\n");
    set(zone, microjoules);
  }
  void set(const std::string& zone, const std::string& microjoules) const {
    folder_.write(zone + "/energy_uj", microjoules + (microjoules.empty() ? "" : "\n"));
  }
  std::unique_ptr<EnergyCounter> open() const { return open_rapl(folder_.path()); }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
};

TEST(Rapl, AddsThePackagesAndNeitherTheirPartsNorThePlatform) {
  const PowercapTree tree;
  tree.add_zone("intel-rapl:0", "package-0", "1000000");
  tree.add_zone("intel-rapl:0:0", "core", "500000");
  tree.add_zone("intel-rapl:1", "package-1", "7000000");
  tree.add_zone("intel-rapl:2", "psys", "9000000");
  tree.add_zone("intel-rapl-mmio:0", "package-0", "1000000");
  const auto counter = tree.open();
  ASSERT_NE(counter, nullptr);
  for (const char* zone : {"intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl:2", "intel-rapl-mmio:0"}) {
    tree.set(zone, "10000000");
  }
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 9 + 3);
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 0);
}

TEST(Rapl, GoesOnAfterTheCounterHasStartedAgainAtZero) {
  const PowercapTree tree;
  tree.add_zone("intel-rapl:0", "package-0", "262142328850");
  const auto counter = tree.open();
  ASSERT_NE(counter, nullptr);
  tree.set("intel-rapl:0", "2000000");
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 3);
}

TEST(Rapl, IsNotThereWithoutAPackageThatCanBeRead) {
  const PowercapTree tree;
  EXPECT_EQ(tree.open(), nullptr) << "no zone at all";
  EXPECT_EQ(open_rapl(tree.path() / "nowhere"), nullptr);
  tree.add_zone("intel-rapl:0", "package-0", "1");
  tree.add_zone("intel-rapl:1", "package-1", "");
  EXPECT_EQ(tree.open(), nullptr) << "one of two packages cannot be read";
}

TEST(Rapl, CountsAfreshWhenACounterHasBeenAway) {
  const PowercapTree tree;
  tree.add_zone("intel-rapl:0", "package-0", "1000000");
  const auto counter = tree.open();
  ASSERT_NE(counter, nullptr);
  tree.set("intel-rapl:0", "");
  EXPECT_FALSE(counter->take_joules());
  tree.set("intel-rapl:0", "5000000");
  EXPECT_FALSE(counter->take_joules()) << "nobody knows what was used meanwhile";
  tree.set("intel-rapl:0", "6000000");
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 1);
}

TEST(Rapl, KeepsReadingWhatItMayNoLongerOpen) {
  const PowercapTree tree;
  tree.add_zone("intel-rapl:0", "package-0", "1000000");
  const auto counter = tree.open();
  ASSERT_NE(counter, nullptr);
  tree.set("intel-rapl:0", "2000000");
  std::filesystem::remove(tree.path() / "intel-rapl:0" / "energy_uj");
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 1);
}

/// The machine's GPUs as a test wants them.
struct FakeGpus {
  std::vector<std::optional<std::uint64_t>> millijoules;
  std::vector<bool> ours;

  GpuFunctions functions() {
    return {[this] { return static_cast<unsigned>(millijoules.size()); }, [this](unsigned gpu) { return ours[gpu]; },
            [this](unsigned gpu) { return millijoules[gpu]; }};
  }
};

TEST(GpuEnergy, CountsTheGpusThatRunThisProcess) {
  FakeGpus gpus{{5'000, 100'000}, {true, false}};
  const auto counter = make_gpu_counter(gpus.functions());
  ASSERT_NE(counter, nullptr);
  gpus.millijoules = {7'500, 900'000};
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 2.5);
}

TEST(GpuEnergy, CountsAllThatCanBeSeenWhenTheDriverKnowsNoProcess) {
  FakeGpus gpus{{1'000, 1'000}, {false, false}};
  const auto counter = make_gpu_counter(gpus.functions());
  ASSERT_NE(counter, nullptr);
  gpus.millijoules = {2'000, 3'000};
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 3);
}

TEST(GpuEnergy, CountsNothingWhileTheDriverFailsOrHasBeenLoadedAgain) {
  FakeGpus gpus{{9'000}, {true}};
  const auto counter = make_gpu_counter(gpus.functions());
  ASSERT_NE(counter, nullptr);
  gpus.millijoules = {std::nullopt};
  EXPECT_FALSE(counter->take_joules());
  gpus.millijoules = {10'000};
  EXPECT_FALSE(counter->take_joules());
  gpus.millijoules = {100};
  EXPECT_FALSE(counter->take_joules());
  gpus.millijoules = {1'100};
  EXPECT_DOUBLE_EQ(counter->take_joules().value_or(-1), 1);
}

TEST(GpuEnergy, IsNotThereWhenNoGpuCounts) {
  FakeGpus gpus{{std::nullopt}, {true}};
  EXPECT_EQ(make_gpu_counter(gpus.functions()), nullptr);
}

/// A counter that hands out what the test puts into it.
class FakeCounter : public EnergyCounter {
 public:
  explicit FakeCounter(std::optional<double>& next) : next_(next) {}
  std::optional<double> take_joules() override { return next_; }

 private:
  std::optional<double>& next_;
};

/// Where the model was at the start once decided for good whether a GPU's energy was read.
TEST(GpuEnergy, FollowsAModelThatAReloadMoves) {
  std::string device = "cpu";
  std::optional<double> joules{2};
  const auto open = [&joules](const std::string& now) -> std::unique_ptr<EnergyCounter> {
    return now == "cpu" ? nullptr : std::make_unique<FakeCounter>(joules);
  };
  const auto counter = make_following_counter([&device] { return device; }, open);
  EXPECT_FALSE(counter->take_joules());
  device = "cuda:0";
  EXPECT_FALSE(counter->take_joules()) << "nobody knows what was used before it was asked";
  EXPECT_EQ(counter->take_joules(), 2);
  device = "cpu";
  EXPECT_EQ(counter->take_joules(), 2) << "what it used until it left";
  EXPECT_FALSE(counter->take_joules());
}

class EnergyMeterTest : public testing::Test {
 protected:
  EnergyInputs inputs() {
    return {nullptr, nullptr, [this] { return std::optional(cpu_); }, [this] { return watts_; }};
  }
  EnergyInputs inputs_with_packages() {
    EnergyInputs all = inputs();
    all.packages = std::make_unique<FakeCounter>(packages_);
    return all;
  }

  CpuTimes cpu_{100, 1000};
  double watts_ = 10;
  std::optional<double> packages_{0};
};

TEST_F(EnergyMeterTest, TakesTheShareOfProcessorTimeOfThePackages) {
  EnergyMeter meter(inputs_with_packages());
  cpu_ = {101, 1004};
  packages_ = 80;
  const EnergyTotals totals = meter.sample();
  EXPECT_DOUBLE_EQ(totals.rapl, 20);
  EXPECT_DOUBLE_EQ(totals.joules(), 20);
  EXPECT_EQ(source_name(totals), "RAPL");
}

TEST_F(EnergyMeterTest, KeepsTheEnergyOfATimeTooShortToBeShared) {
  EnergyMeter meter(inputs_with_packages());
  cpu_ = {100.05, 1000.05};
  packages_ = 5;
  EXPECT_DOUBLE_EQ(meter.sample().joules(), 0);
  cpu_ = {100.5, 1001};
  packages_ = 15;
  EXPECT_DOUBLE_EQ(meter.sample().rapl, 10);
}

TEST_F(EnergyMeterTest, NeverTakesMoreThanThereIs) {
  EnergyMeter meter(inputs_with_packages());
  cpu_ = {101, 1000.99};  // the machine's time comes in ticks and lags behind
  packages_ = 7;
  EXPECT_DOUBLE_EQ(meter.sample().rapl, 7);
}

TEST_F(EnergyMeterTest, EstimatesFromProcessorTimeWithoutACounter) {
  EnergyMeter meter(inputs());
  cpu_.own += 2;
  EXPECT_DOUBLE_EQ(meter.sample().estimate, 20);
  watts_ = 5;  // a reload has changed it: what was counted stays
  cpu_.own += 2;
  const EnergyTotals totals = meter.sample();
  EXPECT_DOUBLE_EQ(totals.estimate, 30);
  EXPECT_EQ(source_name(totals), "estimated");
}

TEST_F(EnergyMeterTest, EstimatesWhileTheCounterCannotBeReadAndSaysSo) {
  EnergyMeter meter(inputs_with_packages());
  cpu_ = {101, 1002};
  packages_ = 40;
  (void)meter.sample();
  cpu_ = {102, 1003};
  packages_.reset();
  const EnergyTotals totals = meter.sample();
  EXPECT_DOUBLE_EQ(totals.rapl, 20);
  EXPECT_DOUBLE_EQ(totals.estimate, 10);
  EXPECT_EQ(source_name(totals), "estimated");
}

TEST_F(EnergyMeterTest, AddsTheGpusAsTheyAre) {
  std::optional<double> gpus{1.5};
  EnergyInputs all = inputs();
  all.gpus = std::make_unique<FakeCounter>(gpus);
  EnergyMeter meter(std::move(all));
  cpu_.own += 1;
  const EnergyTotals totals = meter.sample();
  EXPECT_DOUBLE_EQ(totals.nvml, 1.5);
  EXPECT_DOUBLE_EQ(totals.joules(), 11.5);
  EXPECT_EQ(source_name(totals), "estimated and NVML");
}

/// An exception on the sampling thread, which nobody caught there, once ended the whole daemon.
TEST(EnergyMeter, GoesOnAfterASampleThatFailed) {
  std::atomic<bool> failing{false};
  std::atomic<int> reads{0};
  const auto cpu = [&] {
    ++reads;
    if (failing) throw std::bad_alloc();
    return std::optional(CpuTimes{1.0 * reads, 0});
  };
  EnergyMeter meter({nullptr, nullptr, cpu, [] { return 1.0; }});
  failing = true;
  meter.keep_sampling(std::chrono::milliseconds(1));
  EXPECT_TRUE(poll_until([&] { return reads > 3; }));
  failing = false;
  EXPECT_GT(meter.sample().estimate, 0);
}

TEST(EnergyMeter, CountsTheProcessorTimeOfThisProcess) {
  EnergyMeter meter({nullptr, nullptr, [] { return cpu_times_of(0); }, [] { return 1.0; }});
  meter.keep_sampling();
  const double before = meter.sample().estimate;
  for (double spent = 0; spent < 0.02; spent = meter.sample().estimate - before) {
  }
  EXPECT_LT(meter.sample().estimate, 60) << "and only its own since it was made";
}

TEST(Cost, IsEnergyTimesThePricesOfTheSettings) {
  CostSettings settings;
  settings.price_per_kwh = 0.25;
  settings.gco2e_per_kwh = 400;
  const Cost cost = cost_of(7.2e6, settings);
  EXPECT_DOUBLE_EQ(cost.price, 0.5);
  EXPECT_DOUBLE_EQ(cost.gco2e, 800);
}

}  // namespace
}  // namespace winnow
