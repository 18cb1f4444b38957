// kept_rows.h - where the rows of a table lie once those that are zero are left out.
//
// A table has many more rows than training has touched, so that two tokens rarely share one. What the zeros would take is
// memory and cache lines: instead, a bit of each row says whether it is there, and a count of the bits before it where.
//
// Owns:    its bits: a quarter of a byte for each row of the whole table.
// Threads: any.
// Fails:   throws std::bad_alloc. Row numbers must be in range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace winnow {

class KeptRows {
 public:
  /// Of a table of so many rows: these, in rising order.
  KeptRows(std::size_t rows, const std::vector<std::int64_t>& kept);

  std::size_t rows() const { return rows_; }
  std::size_t kept() const { return kept_; }

  /// The row's place among those that are kept; kept() for every row that is not.
  std::size_t place(std::size_t row) const {
    const Block& block = blocks_[row / kBits];
    const std::uint64_t bit = std::uint64_t{1} << (row % kBits);
    const std::size_t place = block.before + count_bits(block.present & (bit - 1));
    return (block.present & bit) != 0 ? place : kept_;
  }

  /// In the register: the compiler's own calls a function with a table where it may not use the processor's popcnt.
  static std::uint64_t count_bits(std::uint64_t bits) {
    bits -= (bits >> 1) & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + ((bits >> 2) & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (bits * 0x0101010101010101u) >> 56;
  }

 private:
  static constexpr std::size_t kBits = 64;
  struct Block {
    std::uint64_t present = 0;  // bit i: the block's row i is kept
    std::uint64_t before = 0;   // kept rows of all blocks before
  };

  std::size_t rows_, kept_;
  std::vector<Block> blocks_;
};

}  // namespace winnow
