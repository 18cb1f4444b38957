#include "milter/resource_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winnow {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

CostSettings swedish() {
  CostSettings cost;
  cost.price_per_kwh = 1.5;
  cost.currency = "SEK";
  cost.gco2e_per_kwh = 25;
  return cost;
}

std::string on_cpu() { return "cpu"; }

TEST(ResourceMetrics, NameProcessorTimeMemoryAndEnergyAsPrometheusDoes) {
  const std::string text = make_resource_metrics(swedish, on_cpu)->text();
  for (const char* line :
       {"# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total [0-9.]+\n",
        "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes [0-9]{6,}\n",
        "\nprocess_start_time_seconds [0-9]{10}", "\nwinnow_cpu_seconds_total [0-9]",
        "\nwinnow_energy_joules_total.source=\"rapl\". [0-9]", "\nwinnow_energy_joules_total.source=\"nvml\". 0\n",
        "\nwinnow_energy_joules_total.source=\"estimate\". [0-9]"}) {
    EXPECT_THAT(text, ContainsRegex(line));
  }
}

TEST(ResourceMetrics, TellWhatTheSettingsSayOfThePriceNow) {
  CostSettings cost = swedish();
  const auto metrics = make_resource_metrics([&cost] { return cost; }, on_cpu);
  EXPECT_THAT(metrics->text(), HasSubstr("winnow_energy_price_per_kwh{currency=\"SEK\"} 1.5\n"));
  cost.gco2e_per_kwh = 30;
  EXPECT_THAT(metrics->text(), HasSubstr("winnow_energy_gco2e_per_kwh 30\n"));
}

}  // namespace
}  // namespace winnow
