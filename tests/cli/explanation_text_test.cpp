#include "cli/explanation_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace winnow {
namespace {

Explanation small_explanation() {
  Explanation e;
  e.label = "spam";
  e.start = -1.5;
  e.log_odds = 1.3;
  e.adds_up = true;
  e.contributions = {{"subject word \"pills\"", 2.0},
                     {"quotes another mail", -0.5},
                     {"text word \"a\x1b[1m\"", 0.9},
                     {"number of links", 0.4}};
  return e;
}

TEST(ExplanationText, IsASumOfWhatTheReaderSees) {
  EXPECT_EQ(explanation_text(small_explanation(), 2, Colour::None),
            "why: log-odds of spam, + speaks for it, - against\n"
            "-1.50  before anything is known\n"
            "+2.00  subject word \"pills\"\n"
            "-0.50  quotes another mail\n"
            "+1.30  2 weaker ones together\n"
            "= +1.30  78.5 %\n");
}

TEST(ExplanationText, ShowsTheSitesOwnShareOfSpamOnALineOfItsOwn) {
  Explanation e = small_explanation();
  e.prior_shift = -1.1;
  EXPECT_NE(explanation_text(e, 9, Colour::None).find("-1.10  your own share of spam"), std::string::npos);
}

TEST(ExplanationText, SaysWhenItDoesNotAddUp) {
  Explanation e = small_explanation();
  e.adds_up = false;
  e.remainder = 0.3;
  const std::string text = explanation_text(e, 9, Colour::None);
  EXPECT_NE(text.find("+0.30  that the contributions miss\n"), std::string::npos) << text;
  EXPECT_NE(text.find("note: the contributions miss the score by more than 1 %"), std::string::npos) << text;
}

TEST(ExplanationText, EscapesTheMailAndColoursOnlyByItself) {
  const std::string plain = explanation_text(small_explanation(), 9, Colour::None);
  EXPECT_EQ(plain.find('\033'), std::string::npos) << plain;
  const std::string coloured = explanation_text(small_explanation(), 9, Colour::RedAndGreen);
  EXPECT_NE(coloured.find("\033[31m+2.00  subject word \"pills\"\033[0m\n"), std::string::npos) << coloured;
  EXPECT_NE(coloured.find("\033[32m-0.50  quotes another mail\033[0m\n"), std::string::npos) << coloured;
  EXPECT_EQ(coloured.find("\033[1m"), std::string::npos) << coloured;
}

TEST(FeatureText, ShowsTheRangeThatAValueIsScaledTo) {
  Explanation e = small_explanation();
  for (const DenseFeature& feature : dense_features()) e.features.push_back({feature.name, 0, 0});
  e.features[1].value = 0.25;
  const std::string text = feature_text(e, false);
  EXPECT_NE(text.find(" 0.25  0..1, log 40  from_local_length  length of the sender's local part\n"), std::string::npos)
      << text;
}

TEST(ExplanationColour, IsForTerminalsOfUsersWhoDidNotRefuseIt) {
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  const int file = open("/dev/null", O_WRONLY);
  EXPECT_EQ(colour_of(file), Colour::None);
  close(file);
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  EXPECT_EQ(colour_of(terminal), Colour::RedAndGreen);
  setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(colour_of(terminal), Colour::None);
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  EXPECT_EQ(colour_of(terminal), Colour::None);
  close(terminal);
}

}  // namespace
}  // namespace winnow
