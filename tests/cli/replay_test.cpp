// winnow replay: what today's rules did with a mailbox, and what others would.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/mailbox_envelope.h"
#include "cli/replay_report.h"
#include "tests/cli/run_tool.h"
#include "tests/cli/small_model.h"

namespace winnow {
namespace {

using Json = nlohmann::json;

Envelope envelope_of(const std::string& header) {
  return envelope_of_delivered(mail_from_bytes(header + "\nDelivered-To: <not@a.header>\n", 1 << 20));
}

TEST(MailboxEnvelope, IsWhatDeliveryWroteDown) {
  const Envelope envelope = envelope_of(
      "Return-Path: <bounce@lists.example>\nX-Original-To: info@example.org\nDelivered-To: alice@mail.example.org\n"
      "Delivered-To: info@example.org\nFrom: A <a@example.net>\nTo: list@lists.example\n");
  EXPECT_EQ(envelope.mail_from, "bounce@lists.example");
  EXPECT_EQ(envelope.recipients, (std::vector<std::string>{"info@example.org"}));
  EXPECT_FALSE(envelope.present);
}

TEST(MailboxEnvelope, IsTheTopmostDeliveredToWithoutAnOriginalRecipient) {
  const Envelope envelope =
      envelope_of("Delivered-To: <alice@example.org>\nDelivered-To: b@example.org\nTo: c@example.org\n");
  EXPECT_EQ(envelope.recipients, (std::vector<std::string>{"alice@example.org"}));
}

TEST(MailboxEnvelope, IsFromAndToWhenDeliveryWroteNothing) {
  const Envelope envelope = envelope_of("From: A <a@example.net>\r\nTo: B <b@example.org>, c@example.org\r\n");
  EXPECT_EQ(envelope.mail_from, "a@example.net");
  EXPECT_EQ(envelope.recipients, (std::vector<std::string>{"b@example.org"}));
}

TEST(MailboxEnvelope, KeepsTheNullSenderOfABounce) {
  const Envelope envelope = envelope_of("Return-Path: <>\nFrom: MAILER-DAEMON@example.net\n");
  EXPECT_EQ(envelope.mail_from, "");
  EXPECT_TRUE(envelope.recipients.empty());
}

Decision decision(Verdict verdict, const std::string& rule, ActionKind action) {
  Decision made;
  made.verdict = verdict;
  made.rule = rule;
  made.actions = {{.kind = action}};
  return made;
}

const Decision kJunk = decision(Verdict::Junk, "junk", ActionKind::Junk);
const Decision kAccept = decision(Verdict::Accept, "", ActionKind::Accept);

TEST(ReplayReport, CountsTodaysVerdictsAlone) {
  ReplayReport report(ReplayReport::Rules::TodaysOnly, 50);
  report.add({"a", 0.95, kJunk, {}});
  report.add({"b", 0.05, kAccept, {}});
  report.add({"c", 0.05, kAccept, {}});
  EXPECT_EQ(report.text(), "verdict  messages\naccept          2\njunk            1\n\n3 messages judged\n");
  EXPECT_EQ(Json::parse(report.json()), Json::parse(R"({"judged":3,"failed":0,"today":{"accept":2,"junk":1}})"));
}

TEST(ReplayReport, ShowsVerdictsThenAndTheMessagesThatChange) {
  ReplayReport report(ReplayReport::Rules::TodaysAndOthers, 50);
  report.add({"mail/a\x1B.eml", 0.923, kJunk, kAccept});
  report.add({"b", 0.99, kJunk, kJunk});
  report.add({"c", 0.05, kAccept, kAccept});
  report.add_failed();
  EXPECT_EQ(report.text(),
            "today \\ then  accept  junk\n"
            "accept             1     -\n"
            "junk               1     1\n"
            "\n"
            "probability  today        then              file\n"
            "     92.3 %  junk (junk)  accept (no rule)  mail/a\\x1b.eml\n"
            "\n"
            "3 messages judged, 1 would change, 1 could not be judged\n");
}

TEST(ReplayReport, KeepsNoMoreChangesThanAskedForButCountsAll) {
  ReplayReport report(ReplayReport::Rules::TodaysAndOthers, 2);
  for (int i = 0; i < 1234; ++i) report.add({"mail", 0.9, kJunk, kAccept});
  EXPECT_NE(report.text().find("... and 1,232 more, which --all shows\n"), std::string::npos) << report.text();
  EXPECT_NE(report.text().find("1,234 messages judged, 1,234 would change\n"), std::string::npos) << report.text();
  const Json json = Json::parse(report.json());
  EXPECT_EQ(json["changed"], 1234);
  EXPECT_EQ(json["changes"].size(), 2u);
  EXPECT_EQ(json["verdicts"], Json::parse(R"([{"today":"junk","then":"accept","messages":1234}])"));
  EXPECT_EQ(json["changes"][0]["then"], Json::parse(R"({"verdict":"accept","rule":"","actions":["accept"]})"));
}

TEST(ReplayReport, CountsOtherActionsUnderTheSameVerdict) {
  ReplayReport report(ReplayReport::Rules::TodaysAndOthers, 50);
  Decision tagged = kJunk;
  tagged.actions.push_back({.kind = ActionKind::TagSubject, .text = "[x]"});
  report.add({"a", 0.95, kJunk, tagged});
  EXPECT_EQ(report.text(),
            "today \\ then  junk\njunk             1\n\n"
            "1 message judged, 0 would change, 1 would keep the verdict but get other actions\n");
}

TEST(ReplayReport, TakesARuleThatAcceptsForTheSameAsNoRule) {
  ReplayReport report(ReplayReport::Rules::TodaysAndOthers, 50);
  Decision nothing = kAccept;
  nothing.actions.clear();
  report.add({"a", 0.05, kAccept, nothing});
  EXPECT_NE(report.text().find("\n1 message judged, 0 would change\n"), std::string::npos) << report.text();
}

TEST(ReplayReport, OfNothingIsOneLine) {
  EXPECT_EQ(ReplayReport(ReplayReport::Rules::TodaysOnly, 50).text(), "0 messages judged\n");
}

TEST(CliReplay, IsWrongUsageForAThresholdThatIsNoPercentage) {
  for (const char* threshold : {"95", "high", "101%"}) {
    const ToolRun run = run_tool({"replay", "--junk", threshold, "mail"});
    EXPECT_EQ(run.exit_code, 2) << threshold;
    EXPECT_NE(run.err.find("--junk must be a percentage such as 95%"), std::string::npos) << run.err;
  }
}

#if WINNOW_HAS_TORCH
class CliReplayWithModel : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(small_.training().exit_code, 0) << small_.training().err;
    small_.folder().write("rules.yaml",
                          "overrides: [{for: [\"bob@example.org\"], ceiling: accept}]\n"
                          "rules:\n  - {id: junk, when: spam >= junk, then: [junk]}\n");
    small_.folder().write("strict.yaml", "rules:\n  - {id: all, when: true, then: [reject]}\n");
  }

  Json replay(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"replay", "--config",          small_.config(),
                                       "--json", small_.file("spam"), small_.file("ham")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.err, "");
    return Json::parse(run.out, nullptr, false);
  }

  const SmallInstallation small_;
};

TEST_F(CliReplayWithModel, OnlyCountsTodaysVerdictsWithoutAWhatIf) {
  const Json json = replay({});
  EXPECT_EQ(json["judged"], 60);
  EXPECT_FALSE(json.contains("changes"));
}

TEST_F(CliReplayWithModel, JunksEverythingWhenTheThresholdsAreZero) {
  const Json json = replay({"--junk", "0%", "--flag", "0%"});
  EXPECT_EQ(json["then"], Json::parse(R"({"junk":60})"));
  EXPECT_EQ(json["changed"], json["today"].value("accept", 0));
}

TEST_F(CliReplayWithModel, DecidesByOtherRules) {
  const Json json = replay({"--new-rules", small_.file("strict.yaml"), "--all"});
  EXPECT_EQ(json["then"], Json::parse(R"({"reject":60})"));
  ASSERT_EQ(json["changes"].size(), 60u);
  EXPECT_EQ(json["changes"][0]["then"]["rule"], "all");
  EXPECT_EQ(replay({"--new-rules", small_.file("strict.yaml")})["changes"].size(), 50u);
}

TEST_F(CliReplayWithModel, DecidesForTheRecipientItIsTold) {
  const Json json = replay({"--junk", "0%", "--flag", "0%", "--to", "bob@example.org"});
  EXPECT_EQ(json["then"], Json::parse(R"({"accept":60})"));
}

TEST_F(CliReplayWithModel, RefusesAFlagThresholdAboveTheJunkThreshold) {
  const ToolRun run = run_tool({"replay", "--config", small_.config(), "--junk", "20%", small_.file("ham")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("the flag threshold 50% would be above the junk threshold 20%"), std::string::npos) << run.err;
  EXPECT_EQ(run.out, "");
}

TEST_F(CliReplayWithModel, ReplaysTheRestWhenAPathIsMissing) {
  const ToolRun run = run_tool({"replay", "--config", small_.config(), small_.file("absent"), small_.file("ham")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("absent"), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("30 messages judged\n"), std::string::npos) << run.out;
}
#endif

}  // namespace
}  // namespace winnow
