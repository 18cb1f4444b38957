// cost_text.h - what messages cost in energy, money and CO2, as a table and as JSON; of `winnow status` and `winnow bench`.
//
// Owns:    plain values.
// Fails:   never; without a message nothing costs anything.
#pragma once

#include <string>

#include "config/settings.h"
#include "milter/cost.h"
#include "milter/energy_meter.h"

namespace winnow {

struct MeasuredCost {
  double messages = 0;
  EnergyTotals energy;  // of all of them together
  CostSettings prices;
};

/// Of so many messages that cost the same each.
Cost cost_of_messages(double count, const MeasuredCost& measured);

/// A row for 1,000 and one for 1,000,000 messages, then where the figures are from.
std::string cost_table(const MeasuredCost& measured);

/// {"source", "currency", "per_1000": {"joules", "price", "gco2e"}, "per_1000000": ...}
std::string cost_json(const MeasuredCost& measured);

/// Three figures that count, without an exponent: "0.00123", "45.6", "12300".
std::string three_figures(double value);

}  // namespace winnow
