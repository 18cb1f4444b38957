// bandwidth.h - what the wires of a machine carry: the limits that no way of computing can pass.
//
// Blocks:  for about a second each.
// Units:   bytes per second; seconds.
#pragma once

#include <string>

#include "engine/model.h"

namespace winnow {

/// From the CPU's memory (pinned, for a GPU) to the device. On the CPU: a copy in its memory.
double copy_bandwidth(const std::string& device);

/// Of the device's own memory, read and written bytes both counted.
double memory_bandwidth(const std::string& device);

/// Of bringing one batch to the device as a replica does; on the CPU, which borrows it, 0.
double seconds_to_place(const TokenBatch& batch, const std::string& device);

}  // namespace winnow
