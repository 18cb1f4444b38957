#include "cli/cost_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/table.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;

std::string energy_text(double joules) {
  if (joules >= 1e6) return three_figures(joules / 1e6) + " MJ";
  if (joules >= 1e3) return three_figures(joules / 1e3) + " kJ";
  return three_figures(joules) + " J";
}

std::string weight_text(double grams) {
  return grams >= 1e3 ? three_figures(grams / 1e3) + " kg" : three_figures(grams) + " g";
}

Json json_of(const Cost& cost) { return {{"joules", cost.joules}, {"price", cost.price}, {"gco2e", cost.gco2e}}; }

std::string source_text(const MeasuredCost& measured) {
  const std::string source(source_name(measured.energy));
  if (measured.energy.estimate <= 0) return "energy: " + source;
  return "energy: " + source + ", processor time x cost.watts_per_core where no counter could be read";
}

}  // namespace

std::string three_figures(double value) {
  if (!(value > 0)) return "0";
  const double step = std::pow(10.0, std::floor(std::log10(value)) - 2);  // of the third figure
  const double rounded = std::round(value / step) * step;
  const int digits_before = static_cast<int>(std::floor(std::log10(rounded) + 1e-9)) + 1;  // 999.6 has become 1000
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", std::clamp(3 - digits_before, 0, 12), rounded);
  return text;
}

Cost cost_of_messages(double count, const MeasuredCost& measured) {
  const double joules = measured.messages > 0 ? measured.energy.joules() / measured.messages : 0;
  return cost_of(joules * count, measured.prices);
}

std::string cost_table(const MeasuredCost& measured) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [count, name] : {std::pair{1e3, "1,000"}, std::pair{1e6, "1,000,000"}}) {
    const Cost cost = cost_of_messages(count, measured);
    rows.push_back({name, energy_text(cost.joules), three_figures(cost.price) + " " + measured.prices.currency,
                    weight_text(cost.gco2e)});
  }
  const std::vector<Column> columns{
      {"messages", Align::Right}, {"energy", Align::Right}, {"price", Align::Right}, {"CO2e", Align::Right}};
  return format_table(columns, rows) + source_text(measured) + "\n";
}

std::string cost_json(const MeasuredCost& measured) {
  const Json json{{"source", source_name(measured.energy)},
                  {"currency", measured.prices.currency},
                  {"per_1000", json_of(cost_of_messages(1e3, measured))},
                  {"per_1000000", json_of(cost_of_messages(1e6, measured))}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
