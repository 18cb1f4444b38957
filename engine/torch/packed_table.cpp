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
    table = self.codebook.new_zeros([self.rows, columns])
    if self.kept == self.rows:
        for column in range(columns):
            table.select(1, column).copy_(self.packed_column(column))
    else:
        places = torch.nonzero(self.unpack_bits(self.kept_bits, self.rows)).squeeze(1)
        for column in range(columns):
            table.select(1, column).index_put_([places], self.packed_column(column))
    self.table = table
)";

/// Positions of the rows to keep, in rising order.
std::vector<std::int64_t> choose_rows(const at::Tensor& table, const at::Tensor& importance, double prune) {
  const at::Tensor touched = table.ne(0).any(1).nonzero().squeeze(1).contiguous(), scores = importance.contiguous();
  const float* score = scores.data_ptr<float>();
  const std::int64_t* first = touched.data_ptr<std::int64_t>();
  std::vector<std::int64_t> rows(first, first + touched.numel());
  const auto dropped = static_cast<std::ptrdiff_t>(prune * static_cast<double>(rows.size()));
  // Ties by position: the same table always loses the same rows.
  std::stable_sort(rows.begin(), rows.end(), [score](auto a, auto b) { return score[a] < score[b]; });
  rows.erase(rows.begin(), rows.begin() + dropped);
  std::sort(rows.begin(), rows.end());
  return rows;
}

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

at::Tensor pack_rows(const std::vector<std::int64_t>& kept, std::int64_t rows) {
  if (static_cast<std::int64_t>(kept.size()) == rows) return at::zeros({1, 0}, at::kByte);
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

PackedTable pack_table(const at::Tensor& table, const at::Tensor& importance, const TableEncoding& encoding) {
  const std::int64_t columns = table.size(1);
  std::vector<std::int64_t> kept = choose_rows(table, importance, encoding.prune);
  PackedTable packed{table.size(0),           static_cast<std::int64_t>(kept.size()), pack_rows(kept, table.size(0)),
                     at::zeros({0, columns}), at::zeros({columns, 0, 0}, at::kByte),  at::zeros({columns, 0})};
  const at::Tensor rows = table.index_select(0, at::tensor(kept, at::kLong));
  if (encoding.bits >= 16) {
    packed.values = encoding.bits == 16 ? rows.to(at::kHalf) : rows;
    return packed;
  }
  std::vector<at::Tensor> codes, codebooks;
  for (std::int64_t column = 0; column < columns; ++column)
    pack_column(rows.select(1, column), encoding.bits, codes, codebooks);
  packed.codes = at::stack(codes);
  packed.codebook = at::stack(codebooks);
  return packed;
}

void add_packed_table(torch::jit::Module& module, const PackedTable& packed) {
  const auto add = [&module](const char* name, const at::Tensor& value) {
    module.register_parameter(name, value, /*is_buffer=*/true);
  };
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
