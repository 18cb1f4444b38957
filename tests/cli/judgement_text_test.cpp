#include "cli/judgement_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

Judgement of_two_recipients() {
  Judgement judgement;
  judgement.message.envelope.recipients = {"ann@example.org", "joe@example.org"};
  Action tag{ActionKind::TagSubject};
  tag.text = "[ads] ";
  judgement.decision = {Verdict::Flag, "ads", {tag, standard_action(ActionKind::Flag)}, {}, Verdict::Junk};
  Action redirect{ActionKind::Redirect};
  redirect.address = "held@example.org";
  judgement.recipients = {{{Verdict::Redirect, "hold", {redirect}, {}, {}}, {0}}, {judgement.decision, {1}}};
  return judgement;
}

TEST(JudgementText, SaysWhatARuleWantedBesideWhatItGot) {
  const Decision decision = of_two_recipients().decision;
  EXPECT_EQ(decision_text(decision), "flag by rule ads, which wanted junk");
  EXPECT_EQ(actions_text(decision), "tag_subject \"[ads] \", flag");
  EXPECT_EQ(decision_text({}), "accept");
  EXPECT_EQ(actions_text({}), "");
}

/// That one recipient's mail was sent elsewhere stood nowhere.
TEST(JudgementText, TellsInJsonWhatEachRecipientGets) {
  const auto json = nlohmann::json::parse(judgement_json("a.eml", of_two_recipients()));
  EXPECT_EQ(json["decisions"], nlohmann::json::parse(R"([
    {"recipients": ["ann@example.org"], "verdict": "redirect", "rule": "hold",
     "actions": [{"action": "redirect", "address": "held@example.org"}]},
    {"recipients": ["joe@example.org"], "verdict": "flag", "rule": "ads", "wanted": "junk",
     "actions": [{"action": "tag_subject", "text": "[ads] "}, {"action": "flag"}]}])"));
}

/// Rules are asked about a message without recipients as if there were one.
TEST(JudgementText, NamesNobodyForAMessageWithoutRecipients) {
  Judgement judgement = of_two_recipients();
  judgement.message.envelope.recipients.clear();
  judgement.recipients = {{judgement.decision, {0}}};
  const auto json = nlohmann::json::parse(judgement_json("a.eml", judgement));
  EXPECT_EQ(json["decisions"][0]["recipients"], nlohmann::json::array());
  EXPECT_EQ(recipients_of(judgement.recipients[0], judgement), "");
}

}  // namespace
}  // namespace winnow
