#include "engine/torch/kept_rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace winnow {
namespace {

TEST(KeptRows, NumbersTheKeptOnesInTheirOrderAndTheOthersBehindThem) {
  const KeptRows rows(200, {0, 5, 63, 64, 130, 199});
  EXPECT_EQ(rows.rows(), 200u);
  EXPECT_EQ(rows.kept(), 6u);
  std::size_t place = 0;
  for (const std::size_t row : {0u, 5u, 63u, 64u, 130u, 199u}) EXPECT_EQ(rows.place(row), place++) << row;
  for (const std::size_t row : {1u, 62u, 65u, 128u, 198u}) EXPECT_EQ(rows.place(row), rows.kept()) << row;
}

TEST(KeptRows, MayKeepAllOrNone) {
  const KeptRows all(3, {0, 1, 2}), none(64, {});
  EXPECT_EQ(all.place(2), 2u);
  EXPECT_EQ(none.place(63), 0u);
}

}  // namespace
}  // namespace winnow
