// process_usage.h - processor time and memory of a process, and the machine's processor time, as Linux tells them.
//
// Owns:    nothing.
// Threads: from any thread.
// Blocks:  for reads of /proc.
// Fails:   nullopt when the process is gone, or /proc cannot be read.
// Units:   seconds of processor time, bytes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace winnow {

struct ProcessUsage {
  double cpu_seconds = 0;  // of all its threads, since it began
  std::uint64_t resident_bytes = 0;
  std::uint64_t peak_bytes = 0;  // the highest resident_bytes there ever was
};

std::optional<double> cpu_seconds_of(pid_t process);  // 0 is the calling process
std::optional<ProcessUsage> usage_of(pid_t process);

/// Processor time of all cores since the machine began, without idling and without what a hypervisor gave to others.
std::optional<double> machine_cpu_seconds(const std::filesystem::path& stat = "/proc/stat");

}  // namespace winnow
