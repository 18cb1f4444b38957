// keywords_test.cpp - the keyword groups.
#include "engine/features/keywords.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

std::size_t found(std::string_view text, KeywordGroup group) {
  KeywordCounts counts{};
  count_keywords(normalise_text(text, 1000), counts);
  return counts[static_cast<std::size_t>(group)];
}

TEST(Keywords, AreFoundInSeveralLanguages) {
  EXPECT_EQ(found("Please VERIFY your account", KeywordGroup::Account), 2U);
  EXPECT_EQ(found("Ihr Konto wurde gesperrt", KeywordGroup::Account), 2U);
  EXPECT_EQ(found("Überweisung", KeywordGroup::Money), 1U);
  EXPECT_EQ(found("срочно", KeywordGroup::Urgency), 1U);
  EXPECT_EQ(found("恭喜您中奖了", KeywordGroup::Prize), 1U);
}

TEST(Keywords, CountOnceEach) { EXPECT_EQ(found("casino casino casino poker", KeywordGroup::Gambling), 2U); }

TEST(Keywords, OfTwoWordsNeedBothInOrder) {
  EXPECT_EQ(found("wire transfer", KeywordGroup::Money), 1U);
  EXPECT_EQ(found("transfer wire", KeywordGroup::Money), 0U);
}

TEST(Keywords, AreFoundBehindDisguises) {
  EXPECT_EQ(found("v1agra c.i.a.l.i.s le\u200Bvitra", KeywordGroup::Pharmacy), 3U);
}

TEST(Keywords, AreNotFoundInOrdinaryText) {
  KeywordCounts counts{};
  count_keywords(normalise_text("The meeting about the new library is on Tuesday at ten.", 100), counts);
  for (const std::size_t count : counts) EXPECT_EQ(count, 0U);
}

TEST(Brands, AreNamedAlsoInDisguise) {
  EXPECT_EQ(brand_named_in(normalise_text("Your PayPal bill", 10)), "paypal");
  EXPECT_EQ(brand_named_in(normalise_text("Your P\u0430yp\u0430l bill", 10)), "paypal");
  EXPECT_EQ(brand_named_in(normalise_text("Your bill", 10)), "");
}

}  // namespace
}  // namespace winnow
