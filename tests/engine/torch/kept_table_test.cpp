#include "engine/torch/kept_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winnow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Of 8 rows, rows 1, 4 and 6, the second of zeros.
KeptTable some_rows() { return {8, {1, 4, 6}, at::tensor({1.0f, 2.0f, 0.0f, 0.0f, 0.0f, 3.0f}).view({3, 2})}; }

TEST(KeptTable, TellsWhichOfItsRowsAreNotZero) { EXPECT_THAT(some_rows().touched(), ElementsAre(0, 2)); }

TEST(KeptTable, GivesSomeOfItsRows) {
  const KeptTable some = some_rows().with({0, 2});
  EXPECT_EQ(some.rows, 8);
  EXPECT_THAT(some.kept, ElementsAre(1, 6));
  EXPECT_TRUE(some.weights.equal(at::tensor({1.0f, 2.0f, 0.0f, 3.0f}).view({2, 2})));
  EXPECT_EQ(some_rows().with({}).weights.size(0), 0);
}

TEST(KeptTable, IsTheSameInRangesAndJoinedAgain) {
  const KeptTable first = some_rows().between(0, 4), second = some_rows().between(4, 8), all = joined({first, second});
  EXPECT_THAT(first.kept, ElementsAre(1));
  EXPECT_THAT(second.kept, ElementsAre(0, 2));
  EXPECT_EQ(second.rows, 4);
  EXPECT_EQ(all.rows, 8);
  EXPECT_EQ(all.kept, some_rows().kept);
  EXPECT_TRUE(all.weights.equal(some_rows().weights));
}

TEST(KeptTable, MixesItsRowsIntoTokens) {
  std::vector<std::int64_t> tokens(7, 0);
  some_rows().mix_into(tokens);
  EXPECT_THAT(tokens, ElementsAre(1, 0, 1, 0, 4, 0, 6));
  KeptTable{8, {}, at::zeros({0, 2})}.mix_into(tokens);
  EXPECT_THAT(tokens, ElementsAre(1, 0, 1, 0, 4, 0, 6));
}

TEST(KeptTable, IsReadAsAModuleHasIt) {
  KeptTable table;
  const at::Tensor places = at::tensor({3, 0, 3, 3, 1, 3, 2, 3}, at::kInt), weights = some_rows().with_zeros();
  const Status status = read_kept_table(places, weights, table);
  ASSERT_TRUE(status) << status.error();
  EXPECT_EQ(table.rows, 8);
  EXPECT_EQ(table.kept, some_rows().kept);
  EXPECT_TRUE(table.weights.equal(some_rows().weights));
}

TEST(KeptTable, IsNotReadFromPlacesOfAnotherTable) {
  const at::Tensor weights = some_rows().with_zeros();
  KeptTable table;
  for (const at::Tensor& places :
       {at::tensor({3, 0, 3, 3, 2, 3, 1, 3}, at::kInt), at::tensor({3, 0, 3, 3, 1, 3, 4, 3}, at::kInt),
        at::tensor({3, 0, 3, 3, 1, 3, -1, 3}, at::kInt), at::tensor({3, 0, 3, 3, 1, 3, 3, 3}, at::kInt),
        at::tensor({3, 0, 3, 3, 1, 3, 2, 3}, at::kLong), at::tensor({3, 0, 3, 3, 1, 3, 2, 3}, at::kInt).view({2, 4})})
    EXPECT_THAT(read_kept_table(places, weights, table).error(), HasSubstr("'places'"));
  const at::Tensor places = at::tensor({3, 0, 3, 3, 1, 3, 2, 3}, at::kInt);
  EXPECT_FALSE(read_kept_table(places, at::ones({4, 2}), table)) << "no row of zeros";
  EXPECT_FALSE(read_kept_table(places, at::ones({0, 2}), table));
}

}  // namespace
}  // namespace winnow
