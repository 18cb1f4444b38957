// energy_counter.h - one thing that counts energy: the processor packages, or the GPUs.
//
// Owns:    what it reads from.
// Threads: one at a time.
// Blocks:  for a read of the kernel or the driver.
// Fails:   nullopt when the counter cannot be read. What is used until it can be read again is told by nobody.
// Units:   joules.
#pragma once

#include <optional>

namespace winnow {

class EnergyCounter {
 public:
  virtual ~EnergyCounter() = default;
  /// What was used since the call before, or since it was opened.
  virtual std::optional<double> take_joules() = 0;
};

}  // namespace winnow
