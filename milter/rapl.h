// rapl.h - the energy counters of the processor packages (Intel, and AMD from Zen on), as Linux shows them.
//
// Blocks:  for reads of /sys.
// Fails:   open_rapl answers null when there is no package, or one of them cannot be read: a sum without it would be too
//          small. Most kernels let only root read; virtual machines have none.
// Source:  Documentation/power/powercap/powercap.rst. The counters start again at 0 after max_energy_range_uj, which a busy
//          package reaches within minutes: take_joules() is due every 10 s.
#pragma once

#include <filesystem>
#include <memory>

#include "milter/energy_counter.h"

namespace winnow {

/// The counters are opened here and stay open: reading goes on when the process has lost the right to open them.
std::unique_ptr<EnergyCounter> open_rapl(const std::filesystem::path& powercap = "/sys/class/powercap");

}  // namespace winnow
