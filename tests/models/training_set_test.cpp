#include "models/training_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "engine/model_file.h"

namespace winnow {
namespace {

using testing::ElementsAre;

ExtractedMail mail(int number, const std::string& corpus, Label label, const std::string& split = "") {
  const float x = static_cast<float>(number);
  return {
      "", corpus, split, label, sha256_hex(std::to_string(number)), {}, {{number, number + 1}, {0.5F, x}, {x, 1.0F}}};
}

TEST(TrainingSet, GivesBackTheFeaturesItWasGiven) {
  TrainingSet set(1u << 20);
  set.add(mail(3, "a", Label::Ham, "train"));
  set.add(mail(7, "a", Label::Spam, "train"));
  TokenBatch batch;
  set.append_to(batch, 1);
  set.append_to(batch, 0);
  EXPECT_THAT(batch.tokens, ElementsAre(7, 8, 3, 4));
  EXPECT_THAT(batch.weights, ElementsAre(0.5F, 7.0F, 0.5F, 3.0F));
  EXPECT_THAT(batch.offsets, ElementsAre(0, 2));
  EXPECT_THAT(batch.dense, ElementsAre(7.0F, 1.0F, 3.0F, 1.0F));
  EXPECT_EQ(batch.messages, 2u);
}

TEST(TrainingSet, HoldsOutTheDevSplitOfAnIndex) {
  TrainingSet set(1u << 20);
  set.add(mail(1, "a", Label::Ham, "train"));
  set.add(mail(2, "a", Label::Ham, "dev"));
  set.add(mail(3, "a", Label::Ham, "train"));
  set.divide(0.9);
  EXPECT_THAT(set.parts().learnt, ElementsAre(0, 2));
  EXPECT_THAT(set.parts().held_out, ElementsAre(1));
}

TEST(TrainingSet, HoldsOutAboutTheShareAskedForOfOtherMailAndAlwaysTheSame) {
  const auto held_out = [](bool reversed) {
    TrainingSet set(1u << 24);
    std::set<std::string> corpora;
    for (int i = 0; i < 2000; ++i) {
      const int number = reversed ? 1999 - i : i;
      set.add(mail(number, std::to_string(number), Label::Ham));
    }
    set.divide(0.1);
    for (const std::size_t at : set.parts().held_out) corpora.insert(set.corpus(at));
    return corpora;
  };
  // 2000 draws of 0.1: mean 200, standard deviation 13.4.
  EXPECT_NEAR(static_cast<double>(held_out(false).size()), 200.0, 54.0);
  EXPECT_EQ(held_out(false), held_out(true));
}

TEST(TrainingSet, WeighsLargeGroupsMoreButNotByTheirSizeAndBothLabelsTheSame) {
  TrainingSet set(1u << 20);
  for (int i = 0; i < 9; ++i) set.add(mail(i, "large", Label::Ham));
  set.add(mail(9, "small", Label::Ham));
  for (int i = 10; i < 14; ++i) set.add(mail(i, "large", Label::Spam));
  set.divide(0.0);
  const std::vector<double> weights = set.balanced_weights(set.parts().learnt);
  ASSERT_EQ(weights.size(), 14u);
  double ham = 0, large_ham = 0, spam = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    (set.label(i) == Label::Ham ? ham : spam) += weights[i];
    if (i < 9) large_ham += weights[i];
  }
  EXPECT_NEAR(ham, 7.0, 1e-9);
  EXPECT_NEAR(spam, 7.0, 1e-9);
  EXPECT_NEAR(large_ham / weights[9], std::pow(9.0, 0.3), 1e-9);
}

/// A set of so many messages of each kind, corpus and label.
class Kinds : public testing::Test {
 protected:
  void add(int count, const std::string& kind, Label label, const std::string& corpus = "a") {
    for (; count > 0; --count) set_.add(of_kind(kind, label, corpus));
  }
  void add_copies(int count, const std::string& kind) {
    for (; count > 0; --count) {
      ExtractedMail copy = of_kind(kind, Label::Spam, "a");
      copy.tail = MailOrigin{"a", "", std::string(64, '1')};
      set_.add(std::move(copy));
    }
  }
  ExtractedMail of_kind(const std::string& kind, Label label, const std::string& corpus) {
    ExtractedMail one = mail(++number_, corpus, label);
    one.kind = kind;
    return one;
  }
  std::map<std::string, KindBalance> balance() {
    set_.divide(0.0);
    return set_.balance_of_kinds(set_.parts().learnt);
  }

  TrainingSet set_{1u << 24};
  int number_ = 0;
};

// A model of English ham and spam in all languages took German for spam.
TEST_F(Kinds, BringSpamThatOutweighsItsHamDownTowardsIt) {
  add(2000, "en plain", Label::Ham);
  add(150, "en plain", Label::Spam);
  add(40, "de plain", Label::Ham);
  add(30, "de plain", Label::Spam);
  const auto kinds = balance();
  EXPECT_EQ(kinds.at("de plain").messages.ham, 40u);
  EXPECT_EQ(kinds.at("de plain").messages.spam, 30u);
  EXPECT_NEAR(kinds.at("de plain").spam_factor, std::pow((40.0 / 2040) / (30.0 / 180), 0.75), 1e-9);
  EXPECT_EQ(kinds.at("en plain").spam_factor, 1.0);
  const std::vector<double> balanced = set_.balanced_weights(set_.parts().learnt);
  const std::vector<double> weights = set_.learning_weights(set_.parts().learnt);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double factor = set_.label(i) == Label::Ham ? 1.0 : kinds.at(set_.kind(i)).spam_factor;
    ASSERT_NEAR(weights[i], factor * balanced[i], 1e-12) << set_.kind(i);
  }
}

TEST_F(Kinds, GoByWhatMailWeighsAndNotByItsNumber) {
  add(2000, "en plain", Label::Ham, "large");
  add(20, "de plain", Label::Ham, "small");
  add(100, "en plain", Label::Spam);
  add(80, "de plain", Label::Spam);
  const double small = std::pow(20, 0.3) / (std::pow(20, 0.3) + std::pow(2000, 0.3));
  EXPECT_NEAR(balance().at("de plain").spam_factor, std::pow(small / (80.0 / 180), 0.75), 1e-9);
}

TEST_F(Kinds, LeaveATenthOfTheWeightOfSpam) {
  add(2000, "en plain", Label::Ham);
  add(20, "en html", Label::Ham);
  add(800, "en html", Label::Spam);
  EXPECT_EQ(balance().at("en html").spam_factor, 0.1);
}

TEST_F(Kinds, StayAsTheyAreWhereThereIsTooLittleMailOfOne) {
  add(2000, "en plain", Label::Ham);
  add(100, "en plain", Label::Spam);
  add(19, "cs plain", Label::Ham);
  add(40, "cs plain", Label::Spam);
  add(25, "pl plain", Label::Ham);
  add(19, "pl plain", Label::Spam);
  const auto kinds = balance();
  EXPECT_EQ(kinds.at("cs plain").spam_factor, 1.0);
  EXPECT_EQ(kinds.at("pl plain").spam_factor, 1.0);
}

TEST_F(Kinds, CountCopiesAsWell) {
  add(2000, "en plain", Label::Ham);
  add(25, "pl plain", Label::Ham);
  add(15, "pl plain", Label::Spam);
  add_copies(9, "pl plain");
  const KindBalance polish = balance().at("pl plain");
  EXPECT_EQ(polish.messages.spam, 24u);
  EXPECT_LT(polish.spam_factor, 1.0);
}

TEST_F(Kinds, OfMailThatCameWithoutOneAreNone) {
  add(50, "", Label::Ham);
  add(80, "", Label::Spam);
  EXPECT_TRUE(balance().empty());
  EXPECT_EQ(set_.learning_weights(set_.parts().learnt), set_.balanced_weights(set_.parts().learnt));
}

TEST(TrainingSet, KeepsWithinItsMemoryByForgettingEvenly) {
  TrainingSet set(200'000);
  for (int i = 0; i < 4000; ++i) set.add(mail(i, "a", i % 2 == 0 ? Label::Ham : Label::Spam));
  set.divide(0.5);
  const std::size_t kept = set.parts().learnt.size() + set.parts().held_out.size();
  EXPECT_EQ(kept + set.forgotten(), 4000u);
  EXPECT_GT(set.forgotten(), 0u);
  EXPECT_GT(kept, 200u);
  EXPECT_LT(kept, 1000u);  // a message takes over 200 bytes
  EXPECT_NEAR(static_cast<double>(set.parts().held_out.size()) / static_cast<double>(kept), 0.5, 0.12);
}

TEST(TrainingSet, LearnsFromCopiesOnlyBesideTheirOriginal) {
  TrainingSet set(1u << 20);
  for (const char* split : {"train", "dev"}) {
    ExtractedMail original = mail(1, "a", Label::Spam, split), copy = original;
    copy.tail = MailOrigin{"a", "train", sha256_hex("tail")};
    set.add(std::move(original));
    set.add(std::move(copy));
  }
  set.divide(0.1);
  EXPECT_THAT(set.parts().learnt, ElementsAre(0, 1));
  EXPECT_THAT(set.parts().held_out, ElementsAre(2));
  EXPECT_THAT(set.of_corpora({"a"}), ElementsAre(0, 2));
}

TEST(TrainingSet, NamesTheRowsThatEnoughMessagesHave) {
  TrainingSet set(1u << 20);
  for (const int number : {7, 3, 4, 4}) set.add(mail(number, "a", Label::Ham));  // each has its number and the next
  ExtractedMail copy = mail(7, "a", Label::Ham);
  copy.tail = MailOrigin{"a", "train", sha256_hex("tail")};
  set.add(std::move(copy));
  EXPECT_THAT(set.rows_of({0, 1, 2, 3, 4}, 1), ElementsAre(3, 4, 5, 7, 8));
  EXPECT_THAT(set.rows_of({0, 1, 2, 3, 4}, 2), ElementsAre(4, 5));
  EXPECT_THAT(set.rows_of({0, 1, 4}, 1), ElementsAre(3, 4, 7, 8));
  EXPECT_THAT(set.rows_of({}, 1), ElementsAre());
}

// Tails of left-out ham were learnt as spam's words, so left-out spam looked harder to find than it is.
TEST(TrainingSet, LearnsFromNoCopyWhoseTailIsHeldOutOrLeftOut) {
  TrainingSet set(1u << 20);
  int number = 0;
  for (const auto& [corpus, split] : {std::pair{"a", "train"}, {"b", "train"}, {"a", "dev"}}) {
    ExtractedMail copy = mail(++number, "a", Label::Spam, "train");
    copy.tail = MailOrigin{corpus, split, sha256_hex("tail")};
    set.add(std::move(copy));
  }
  set.add(mail(++number, "a", Label::Ham, "dev"));
  set.divide(0.1);
  EXPECT_THAT(set.parts().learnt, ElementsAre(0, 1));
  EXPECT_THAT(set.parts_without({"b"}).learnt, ElementsAre(0));
}

TEST(TrainingSet, IsNamedByItsMailAndNotByItsOrder) {
  TrainingSet one(1u << 20), two(1u << 20), other(1u << 20);
  one.add(mail(1, "a", Label::Ham));
  one.add(mail(2, "a", Label::Spam));
  two.add(mail(2, "a", Label::Spam));
  two.add(mail(1, "a", Label::Ham));
  other.add(mail(1, "a", Label::Spam));
  other.add(mail(2, "a", Label::Spam));
  for (TrainingSet* set : {&one, &two, &other}) set->divide(0.5);
  EXPECT_EQ(one.digest(one.parts()), two.digest(two.parts()));
  EXPECT_NE(one.digest(one.parts()), other.digest(other.parts()));
}

// A mailbox whose files were renamed was gone on with in another order: some mail twice an epoch, some not at all.
TEST(TrainingSet, IsNamedForItsTrainingByItsOrderToo) {
  TrainingSet one(1u << 20), same(1u << 20), two(1u << 20);
  for (TrainingSet* set : {&one, &same}) {
    set->add(mail(1, "a", Label::Ham));
    set->add(mail(2, "a", Label::Spam));
  }
  two.add(mail(2, "a", Label::Spam));
  two.add(mail(1, "a", Label::Ham));
  for (TrainingSet* set : {&one, &same, &two}) set->divide(0);
  EXPECT_EQ(one.digest_in_order(one.parts()), same.digest_in_order(same.parts()));
  EXPECT_NE(one.digest_in_order(one.parts()), two.digest_in_order(two.parts()));
}

}  // namespace
}  // namespace winnow
