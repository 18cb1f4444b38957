#include "models/compress_search.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace winnow {
namespace {

/// A model whose loss doubles with every bit less and grows with every row left out, as real ones do.
class CompressSearch : public testing::Test {
 protected:
  std::optional<Candidate> find(const WantedEncoding& wanted, const LossBounds& bounds = {}) {
    return find_smallest(wanted, bounds, [this](const TableEncoding& encoding) -> std::optional<Candidate> {
      tried_.push_back(encoding);
      if (tried_.size() > fails_after_) return std::nullopt;
      Candidate candidate{encoding, {}, 0, {}};
      candidate.loss.max_change = (encoding.bits == 32 ? 0.0 : 0.5 / (1u << encoding.bits)) + 0.04 * encoding.prune;
      candidate.loss.auc_loss = auc_loss_;
      candidate.bytes = static_cast<std::size_t>((1 - encoding.prune) * 1000.0 * static_cast<double>(encoding.bits));
      return candidate;
    });
  }

  std::vector<TableEncoding> tried_;
  std::size_t fails_after_ = 1000;
  double auc_loss_ = 0;
};

TEST_F(CompressSearch, TakesTheSmallestFormWithinTheBounds) {
  const auto found = find({});
  ASSERT_TRUE(found);
  EXPECT_TRUE(is_within(found->loss, {}));
  // Five bits lose 0.0156 and leave room for a ninth of the rows; six leave room for 30 %, which is more than the bit.
  EXPECT_EQ(found->encoding.bits, 6u);
  EXPECT_NEAR(found->encoding.prune, 0.3, 1.0 / 32);
}

TEST_F(CompressSearch, KeepsTheBitsThatWereAskedFor) {
  const auto found = find({.bits = 6, .prune = {}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->encoding.bits, 6u);
  EXPECT_NEAR(found->encoding.prune, 0.3, 1.0 / 32);
}

TEST_F(CompressSearch, KeepsTheShareOfRowsThatWasAskedFor) {
  const auto found = find({.bits = {}, .prune = 0.25});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->encoding.prune, 0.25);
  EXPECT_EQ(found->encoding.bits, 6u);
}

TEST_F(CompressSearch, MeasuresOnceWhatIsFullyAskedFor) {
  const auto found = find({.bits = 2, .prune = 0.9});
  ASSERT_TRUE(found);
  EXPECT_EQ(tried_.size(), 1u);
  EXPECT_FALSE(is_within(found->loss, {}));
}

TEST_F(CompressSearch, GivesTheWeakestFormWhenNothingIsWithinTheBounds) {
  auc_loss_ = std::numeric_limits<double>::infinity();
  const auto found = find({});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->encoding.bits, 32u);
  EXPECT_EQ(found->encoding.prune, 0);
}

TEST_F(CompressSearch, EndsWithTheFirstMeasurementThatFails) {
  fails_after_ = 12;
  EXPECT_FALSE(find({}));
  EXPECT_EQ(tried_.size(), 13u);
}

TEST(CompressBounds, HoldForBothAndForTheLimitItself) {
  const LossBounds bounds{0.02, 0.05};
  EXPECT_TRUE(is_within({0.02, 0, 0.05}, bounds));
  EXPECT_TRUE(is_within({0, 0, -0.5}, bounds)) << "better is no loss";
  EXPECT_FALSE(is_within({0.021, 0, 0}, bounds));
  EXPECT_FALSE(is_within({0, 0, 0.051}, bounds));
  EXPECT_FALSE(is_within({0, 0, std::numeric_limits<double>::quiet_NaN()}, bounds));
}

TEST(CompressEncoding, HasANameThatSaysWhatWasDone) {
  EXPECT_EQ(encoding_name({32, 0}), "floats");
  EXPECT_EQ(encoding_name({16, 0}), "half precision");
  EXPECT_EQ(encoding_name({5, 0.125}), "5-bit codebook, 12.5 % of the rows left out");
}

}  // namespace
}  // namespace winnow
