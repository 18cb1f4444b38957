#include "milter/process_usage.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <numeric>
#include <string>
#include <string_view>

namespace winnow {
namespace {

/// "VmRSS:     12345 kB" -> bytes.
std::uint64_t bytes_of(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
  std::uint64_t kibibytes = 0;
  std::from_chars(line.data(), line.data() + line.size(), kibibytes);
  return kibibytes << 10;
}

}  // namespace

std::optional<double> cpu_seconds_of(pid_t process) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  timespec time{};
  if (process != 0 && ::clock_getcpuclockid(process, &clock) != 0) return std::nullopt;
  if (::clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::optional<ProcessUsage> usage_of(pid_t process) {
  const std::optional<double> cpu = cpu_seconds_of(process);
  std::ifstream status("/proc/" + (process == 0 ? std::string("self") : std::to_string(process)) + "/status");
  if (!cpu || !status) return std::nullopt;
  ProcessUsage usage{.cpu_seconds = *cpu};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) usage.resident_bytes = bytes_of(line);
    if (line.starts_with("VmHWM:")) usage.peak_bytes = bytes_of(line);
  }
  if (usage.resident_bytes == 0) return std::nullopt;  // it has ended, and its parent has not asked yet
  return usage;
}

// proc(5): "cpu  user nice system idle iowait irq softirq steal guest guest_nice" in ticks; guests are in user and nice.
std::optional<double> machine_cpu_seconds(const std::filesystem::path& stat) {
  std::ifstream file(stat);
  std::string word;
  std::array<double, 7> ticks{};
  if (!(file >> word) || word != "cpu") return std::nullopt;
  for (double& one : ticks) {
    if (!(file >> one)) return std::nullopt;
  }
  constexpr std::size_t kIdle = 3, kWaiting = 4;
  const double all = std::accumulate(ticks.begin(), ticks.end(), 0.0);
  return (all - ticks[kIdle] - ticks[kWaiting]) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace winnow
