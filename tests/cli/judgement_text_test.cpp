#include "cli/judgement_text.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

/// With `junk: 20.2%` a message of 0.20196 was once shown as "20.2 % accept".
TEST(JudgementText, ShowsNoThresholdThatWasNotReached) {
  EXPECT_EQ(percent_text(0.20196), "20.1 %");
  EXPECT_EQ(percent_text(0.99999), "99.9 %");
  EXPECT_EQ(percent_text(0.9), "90.0 %");
  EXPECT_EQ(percent_text(1), "100.0 %");
}

TEST(JudgementText, ShowsADashWithoutAProbability) {
  Judgement judgement;
  EXPECT_EQ(spam_percent(judgement), "-");
  judgement.probabilities = {{"spam", 0.25}};
  EXPECT_EQ(spam_percent(judgement), "25.0 %");
}

}  // namespace
}  // namespace winnow
