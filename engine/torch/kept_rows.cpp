#include "engine/torch/kept_rows.h"

namespace winnow {

KeptRows::KeptRows(std::size_t rows, const std::vector<std::int64_t>& kept)
    : rows_(rows), kept_(kept.size()), blocks_(rows / kBits + 1) {
  for (const std::int64_t row : kept) {
    const auto at = static_cast<std::size_t>(row);
    blocks_[at / kBits].present |= std::uint64_t{1} << (at % kBits);
  }
  std::uint64_t before = 0;
  for (Block& block : blocks_) {
    block.before = before;
    before += count_bits(block.present);
  }
}

}  // namespace winnow
