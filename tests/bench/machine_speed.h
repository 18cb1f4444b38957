// machine_speed.h - how fast this machine does what no implementation can leave out: the floor under each stage.
//
// Blocks:  a second or less.
// Units:   nanoseconds of the thread's processor time.
#pragma once

#include <cstddef>

namespace winnow::bench {

/// Of the calling thread, since it started.
double thread_nanoseconds();

struct MachineSpeed {
  double copy = 0;  // read one octet and write it elsewhere: memcpy over a block that no cache holds
  double hash = 0;  // hash one word of eight octets that is in the cache
  double row = 0;   // the first octets of one row of a table as large as the model's, in random order
};

MachineSpeed measure_machine(std::size_t table_rows, std::size_t row_bytes);

}  // namespace winnow::bench
