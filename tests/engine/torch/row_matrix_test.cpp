#include "engine/torch/row_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace winnow {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// Row r, column c holds 100 r + c.
RowMatrix counted(std::size_t rows, std::size_t columns) {
  std::vector<float> values;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) values.push_back(static_cast<float>(100 * r + c));
  }
  return RowMatrix(values.data(), rows, columns);
}

TEST(RowMatrix, BeginsEachRowOnACacheLine) {
  for (const std::size_t columns : {1u, 16u, 17u}) {
    const RowMatrix matrix = counted(5, columns);
    EXPECT_EQ(matrix.stride(), columns <= 16 ? 16u : 32u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.row(3)) % 64, 0u);
    EXPECT_EQ(matrix.row(3)[columns - 1], static_cast<float>(300 + columns - 1));
    EXPECT_THAT(std::vector<float>(matrix.row(3) + columns, matrix.row(3) + matrix.stride()), Each(0.0f));
  }
}

TEST(RowMatrix, AddsTheRowsNamedEachTimesItsFactor) {
  const RowMatrix matrix = counted(5, 17);
  const std::int64_t which[] = {4, 0, 4};
  const float factors[] = {1, 5, 0.5f};
  std::vector<float> sum(32, 1.0f);
  matrix.add_rows(which, factors, 3, sum.data());
  EXPECT_EQ(sum[0], 1 + 1.5f * 400);
  EXPECT_EQ(sum[16], 1 + 1.5f * 416 + 5 * 16);
  matrix.add_rows(which, factors, 0, sum.data());
  EXPECT_EQ(sum[0], 601);
}

TEST(RowMatrix, AddsAllRows) {
  const RowMatrix matrix = counted(3, 2);
  const float factors[] = {1, 2, 3};
  std::vector<float> sum(16, 0.0f);
  matrix.add_all_rows(factors, sum.data());
  EXPECT_THAT(std::vector<float>(sum.begin(), sum.begin() + 2), ElementsAre(800, 806));
}

TEST(RowMatrix, MultipliesARowByAVector) {
  const RowMatrix matrix = counted(2, 20);
  std::vector<float> vector(32, 0.0f);
  vector[0] = 1;
  vector[19] = 2;
  EXPECT_EQ(matrix.dot(1, vector.data()), 100 + 2 * 119);
}

TEST(RowMatrix, HoldsATableOfSeveralHugePages) {
  const std::size_t rows = 200'000;
  const std::vector<float> values(rows * 3, 0.25f);
  const RowMatrix matrix(values.data(), rows, 3);
  EXPECT_EQ(matrix.row(rows - 1)[2], 0.25f);
}

}  // namespace
}  // namespace winnow
