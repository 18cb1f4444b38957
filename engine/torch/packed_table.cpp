#include "engine/torch/packed_table.h"

#include <torch/script.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/torch/codebook.h"

namespace winnow {
namespace {

// Column by column and in place: beside the table, only one column's numbers are in memory twice.
constexpr const char* kPrepare = R"(
def unpack_bits(self, planes: Tensor, count: int) -> Tensor:
    values = torch.zeros_like(planes[0]).unsqueeze(1).repeat([1, 8])
    for k in range(planes.size(0)):
        bits = torch.bitwise_and(torch.bitwise_right_shift(planes[k].unsqueeze(1), self.bit_numbers), 1)
        values = torch.bitwise_or(values, torch.bitwise_left_shift(bits, self.bit_numbers[k]))
    return values.flatten()[:count]

def packed_column(self, column: int) -> Tensor:
    if self.codebook.size(1) == 0:
        return self.values.select(1, column).float()
    codes = self.unpack_bits(self.codes[column], self.kept)
    return self.codebook[column].index_select(0, codes.int())

def prepare(self) -> None:
    columns = self.codebook.size(0)
    table = self.codebook.new_zeros([self.kept + 1, columns])
    for column in range(columns):
        table[:self.kept].select(1, column).copy_(self.packed_column(column))
    self.table = table
    present = self.unpack_bits(self.kept_bits, self.rows)
    self.places = present.int().cumsum_(0).sub_(1).masked_fill_(present == 0, self.kept)
)";

at::Tensor pack_bits(const std::vector<std::uint8_t>& values, std::size_t bits) {
  const std::size_t bytes = (values.size() + 7) / 8;
  at::Tensor planes = at::zeros({static_cast<std::int64_t>(bits), static_cast<std::int64_t>(bytes)}, at::kByte);
  std::uint8_t* packed = planes.data_ptr<std::uint8_t>();
  for (std::size_t bit = 0; bit < bits; ++bit) {
    for (std::size_t i = 0; i < values.size(); ++i)
      packed[bit * bytes + i / 8] |= static_cast<std::uint8_t>(((values[i] >> bit) & 1u) << (i % 8));
  }
  return planes;
}

at::Tensor pack_presence(const std::vector<std::int64_t>& kept, std::int64_t rows) {
  std::vector<std::uint8_t> present(static_cast<std::size_t>(rows), 0);
  for (const std::int64_t row : kept) present[static_cast<std::size_t>(row)] = 1;
  return pack_bits(present, 1);
}

void pack_column(const at::Tensor& column, std::size_t bits, std::vector<at::Tensor>& codes,
                 std::vector<at::Tensor>& codebooks) {
  const at::Tensor flat = column.contiguous();
  const std::vector<float> values(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  const std::vector<float> codebook = fit_codebook(values, std::size_t{1} << bits);
  std::vector<std::uint8_t> indices;
  indices.reserve(values.size());
  for (const float value : values) indices.push_back(static_cast<std::uint8_t>(nearest_level(codebook, value)));
  codes.push_back(pack_bits(indices, bits));
  codebooks.push_back(at::tensor(codebook));
}

}  // namespace

PackedTable pack_table(const KeptTable& table, std::size_t bits) {
  const std::int64_t columns = table.columns();
  PackedTable packed{table.rows,
                     table.weights.size(0),
                     columns,
                     pack_presence(table.kept, table.rows),
                     at::zeros({0, columns}),
                     at::zeros({columns, 0, 0}, at::kByte),
                     at::zeros({columns, 0})};
  if (bits >= 16) {
    packed.values = bits == 16 ? table.weights.to(at::kHalf) : table.weights;
    return packed;
  }
  std::vector<at::Tensor> codes, codebooks;
  for (std::int64_t column = 0; column < columns; ++column)
    pack_column(table.weights.select(1, column), bits, codes, codebooks);
  packed.codes = at::stack(codes);
  packed.codebook = at::stack(codebooks);
  return packed;
}

KeptTable pruned(const KeptTable& table, const at::Tensor& importance, double share) {
  const at::Tensor scores = importance.contiguous();
  const float* score = scores.data_ptr<float>();
  std::vector<std::int64_t> positions = table.touched();
  const auto dropped = static_cast<std::ptrdiff_t>(share * static_cast<double>(positions.size()));
  // Ties by position: the same table always loses the same rows.
  std::stable_sort(positions.begin(), positions.end(), [score](auto a, auto b) { return score[a] < score[b]; });
  positions.erase(positions.begin(), positions.begin() + dropped);
  std::sort(positions.begin(), positions.end());
  return table.with(positions);
}

void add_packed_table(torch::jit::Module& module, const PackedTable& packed) {
  const auto add = [&module](const char* name, const at::Tensor& value) {
    module.register_parameter(name, value, /*is_buffer=*/true);
  };
  add("table", at::zeros({0, packed.columns}));
  add("places", at::zeros({0}, at::kInt));
  module.register_attribute("rows", c10::IntType::get(), packed.rows);
  module.register_attribute("kept", c10::IntType::get(), packed.kept);
  add("bit_numbers", at::arange(8, at::kByte));
  add("kept_bits", packed.kept_bits);
  add("values", packed.values);
  add("codes", packed.codes);
  add("codebook", packed.codebook);
  module.define(kPrepare);
}

}  // namespace winnow
