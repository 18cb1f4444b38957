#include "tests/bench/machine_speed.h"

#include <time.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace winnow::bench {
namespace {

constexpr int kRounds = 7;

volatile std::uint64_t g_sink;  // keeps the compiler from leaving the work out

/// The fastest of some rounds, by unit.
template <typename Work>
double fastest(double units, Work work) {
  double best = 1e18;
  for (int round = 0; round < kRounds; ++round) {
    const double start = thread_nanoseconds();
    work();
    best = std::min(best, thread_nanoseconds() - start);
  }
  return best / units;
}

double copy_speed() {
  constexpr std::size_t kBytes = 64u << 20;
  std::vector<char> from(kBytes, 'a'), to(kBytes);
  return fastest(kBytes, [&] {
    std::memcpy(to.data(), from.data(), kBytes);
    g_sink = static_cast<std::uint64_t>(to[kBytes / 2]);
  });
}

double hash_speed() {
  constexpr std::size_t kWords = 1u << 20;
  std::vector<char> text(4096, 'a');
  return fastest(kWords, [&] {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < kWords; ++i) all ^= XXH3_64bits(text.data() + i % 4000, 8);
    g_sink = all;
  });
}

double row_speed(std::size_t rows, std::size_t row_bytes) {
  constexpr std::size_t kReads = 1u << 20;
  std::vector<unsigned char> table(rows * row_bytes + sizeof(std::uint64_t), 1);
  std::vector<std::uint32_t> order(kReads);
  std::uint64_t state = 1;
  for (std::uint32_t& row : order) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    row = static_cast<std::uint32_t>((state >> 33) % rows);
  }
  return fastest(kReads, [&] {
    std::uint64_t sum = 0;
    for (const std::uint32_t row : order) {  // no row waits for the one before it
      std::uint64_t octets = 0;
      std::memcpy(&octets, table.data() + row * row_bytes, sizeof octets);
      sum += octets;
    }
    g_sink = sum;
  });
}

}  // namespace

double thread_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

MachineSpeed measure_machine(std::size_t table_rows, std::size_t row_bytes) {
  return {copy_speed(), hash_speed(), row_speed(table_rows, row_bytes)};
}

}  // namespace winnow::bench
