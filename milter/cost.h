// cost.h - what energy comes to: kilowatt-hours, money, CO2.
//
// Fails:   never.
#pragma once

#include "config/settings.h"

namespace winnow {

struct Cost {
  double joules = 0;
  double price = 0;  // of the settings' currency
  double gco2e = 0;  // grams
};

inline Cost cost_of(double joules, const CostSettings& settings) {
  const double kilowatt_hours = joules / 3.6e6;
  return {joules, kilowatt_hours * settings.price_per_kwh, kilowatt_hours * settings.gco2e_per_kwh};
}

}  // namespace winnow
