#include "milter/message_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/text_checks.h"
#include "milter/log.h"

namespace winnow {
namespace {

Session session_with(bool addresses) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->settings.log.addresses = addresses;
  Session session;
  session.connect("mail.sender.example", "192.0.2.7");
  session.mail(snapshot, {"<anna@sender.example>"});
  session.recipient("<ben@home.example>");
  session.header("X-Spam", " no", LeadingSpace::Sent);
  session.end_of_headers();
  return session;
}

Session session_to(const std::vector<std::string>& recipients) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->settings.log.addresses = true;
  Session session;
  session.mail(snapshot, {"<" + std::string(2000, '\1') + "@sender.example>"});
  for (const std::string& recipient : recipients) session.recipient(recipient);
  return session;
}

Judgement junk() {
  Judgement judgement;
  judgement.probabilities = {{"spam", 0.982}};
  judgement.decision.verdict = Verdict::Junk;
  judgement.decision.rule = "junk";
  judgement.model = "2026-03a";
  judgement.batch_size = 12;
  judgement.timings = {std::chrono::microseconds(80), std::chrono::microseconds(200), std::chrono::microseconds(740),
                       std::chrono::microseconds(1310), std::chrono::microseconds(5)};
  return judgement;
}

TEST(MessageLog, SaysWhatOtherRulesDidForSomeRecipients) {
  Judgement judgement = junk();
  RecipientDecision same{judgement.decision, {0}}, gone, mild;
  gone.decision.verdict = Verdict::Discard;
  gone.decision.rule = "gone";
  gone.recipients = {1, 2};
  mild.decision.wanted = Verdict::Reject;
  mild.decision.verdict = Verdict::Flag;
  mild.recipients = {3};
  judgement.recipients = {same, gone, mild};
  const std::string line =
      judged_line("4bK2xQ0cTz", judgement, {}, session_with(false), std::chrono::microseconds(2400));
  EXPECT_THAT(line, testing::HasSubstr(" others=gone:discard:2,-:flag(wanted-reject):1 "));
}

TEST(MessageLog, WritesOneLineInFixedOrder) {
  EXPECT_EQ(judged_line("4bK2xQ0cTz", junk(), {}, session_with(false), std::chrono::microseconds(2400)),
            "4bK2xQ0cTz: judged verdict=junk p=0.982 rule=junk action=accept batch=12 wait_us=740 infer_us=1310 "
            "model=2026-03a parse_us=80 features_us=200 rules_us=5 total_us=2400 size=14 forged=1 client=192.0.2.7 "
            "recipients=1");
}

/// With `junk: 20.2%` a message of 0.20196 was once logged as p=0.202, and yet accepted.
TEST(MessageLog, ShowsNoThresholdThatWasNotReached) {
  Judgement judgement = junk();
  judgement.probabilities = {{"spam", 0.20196}};
  const std::string line = judged_line("A1", judgement, {}, session_with(false), std::chrono::microseconds(1));
  EXPECT_THAT(line, testing::HasSubstr(" p=0.201 "));
}

TEST(MessageLog, NamesAddressesOnlyWhenAsked) {
  const std::string line = judged_line("A1", junk(), {}, session_with(true), std::chrono::microseconds(1));
  EXPECT_THAT(line, testing::EndsWith("from=\"anna@sender.example\" to=\"ben@home.example\""));
}

TEST(MessageLog, SaysWhyAFallbackWasTaken) {
  Judgement judgement;
  judgement.fallback = Fallback{ScoreError::Deadline, OnError::Accept, "no answer\nin time"};
  EXPECT_EQ(
      judged_line("4bK2xQ0cTz", judgement, {}, session_with(false), std::chrono::microseconds(2000000)),
      "4bK2xQ0cTz: fallback cause=deadline action=accept waited_us=2000000 detail=\"no answer\\x0ain time\" size=14 "
      "forged=1 client=192.0.2.7 recipients=1");
}

struct SkippedCase {
  std::vector<std::string> skip;
  const char* auth_user;
  const char* reason;
};

/// A client that had authenticated was once the reason also where milter.skip names networks only.
TEST(MessageLog, NamesTheEntryThatSkippedTheMessage) {
  const SkippedCase cases[] = {{{"192.0.2.0/24"}, "anna", "network"},
                               {{"192.0.2.0/24"}, "", "network"},
                               {{"authenticated"}, "anna", "authenticated"},
                               {{"192.0.2.0/24", "authenticated"}, "anna", "authenticated"}};
  for (const SkippedCase& one : cases) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->skip = SkipList::from(one.skip);
    Session session;
    session.connect("mail.sender.example", "192.0.2.7");
    session.mail(snapshot, {.sender = "<anna@sender.example>", .auth_user = one.auth_user});
    EXPECT_EQ(skipped_line("A1", session),
              "A1: skipped reason=" + std::string(one.reason) + " client=192.0.2.7 recipients=0");
  }
}

// Nobody could tell whose mail it was that no rule saw.
TEST(MessageLog, NamesTheAddressesOfSkippedMailToo) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->settings.log.addresses = true;
  snapshot->skip = SkipList::from({"192.0.2.0/24"});
  Session session;
  session.connect("mail.sender.example", "192.0.2.7");
  session.mail(snapshot, {"<anna@sender.example>"});
  session.recipient("<ben@home.example>");
  EXPECT_EQ(skipped_line("A1", session),
            "A1: skipped reason=network client=192.0.2.7 recipients=1 from=\"anna@sender.example\" "
            "to=\"ben@home.example\"");
}

// It ended after 120 bytes, in the middle of the third address.
TEST(MessageLog, NamesAllRecipientsOfUsualMail) {
  std::vector<std::string> recipients;
  for (int i = 0; i < 20; ++i)
    recipients.push_back("customer-" + std::to_string(i) + "-with-a-longish-name@customer-domain.example");
  const std::string line = judged_line("A1", junk(), {}, session_to(recipients), std::chrono::microseconds(1));
  EXPECT_THAT(line, testing::EndsWith(" to=\"" + join(recipients, ",") + "\""));
}

TEST(MessageLog, NamesAllRulesThatWereMonitored) {
  Judgement judgement = junk();
  for (int i = 0; i < 40; ++i) judgement.decision.monitored.push_back("watches-number-" + std::to_string(i));
  const std::string line = judged_line("A1", judgement, {}, session_with(false), std::chrono::microseconds(1));
  EXPECT_THAT(line, testing::HasSubstr(" monitored=" + join(judgement.decision.monitored, ",") + " total_us="));
}

// rsyslog cuts a longer one, and what it cuts off is a line of its own to some readers.
TEST(MessageLog, KeepsBelowTheLongestLineThatALogTakes) {
  Judgement judgement = junk();
  std::vector<std::string> recipients;
  for (std::size_t i = 0; i < 1000; ++i) {
    recipients.push_back(std::string(300, '\1') + std::to_string(i) + "@customer-domain.example");
    judgement.decision.monitored.push_back(std::to_string(i) + std::string(60, 'm'));
    RecipientDecision other;
    other.decision.rule = std::to_string(i) + std::string(60, 'r');
    other.decision.verdict = other.decision.wanted.emplace(Verdict::Quarantine);
    other.recipients = {i};
    judgement.recipients.push_back(other);
  }
  const std::string line = judged_line("A1", judgement, {}, session_to(recipients), std::chrono::microseconds(1));
  EXPECT_LT(line.size(), 8192u - 100u) << "with time, host and program before it";
  EXPECT_THAT(line, testing::HasSubstr(",+999 more\""));
}

TEST(MessageLog, DoesNotTakeAnyTextForAQueueId) {
  EXPECT_EQ(log_id("4bK2xQ0cTz"), "4bK2xQ0cTz");
  for (const char* text : {"", "two words", "line\nbreak", "a: judged verdict=accept"})
    EXPECT_EQ(log_id(text), "NOQUEUE");
  EXPECT_EQ(log_id(std::string(65, 'a')), "NOQUEUE");
}

TEST(Log, QuotesEscapesAndCutsTextFromOutside) {
  EXPECT_EQ(quote("plain"), "\"plain\"");
  EXPECT_EQ(quote("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quote("\x1b[31m\r\n\xc3\xa9"), "\"\\x1b[31m\\x0d\\x0a\\xc3\\xa9\"");
  EXPECT_EQ(quote(std::string(500, 'x')), "\"" + std::string(120, 'x') + "...\"");
  EXPECT_EQ(word("default-2026-11"), "default-2026-11");
  EXPECT_EQ(word("two words"), "\"two words\"");
  EXPECT_EQ(word(""), "\"\"");
}

TEST(MessageLog, SaysWhatMonitoredRulesAndChangesOfRecipientsThereWere) {
  Judgement judgement = junk();
  judgement.decision.monitored = {"watch", "look"};
  Answer answer;
  answer.modifications = {{Modification::Kind::AddRecipient, "", 0, "a"},
                          {Modification::Kind::RemoveRecipient, "", 0, "b@x.test"},
                          {Modification::Kind::RemoveRecipient, "", 0, "B@x.test"}};
  answer.recipients_removed = 1;
  const std::string line = judged_line("A1", judgement, answer, session_with(false), std::chrono::microseconds(1));
  EXPECT_THAT(line, testing::HasSubstr(" monitored=watch,look recipients_added=1 recipients_removed=1 "));
}

}  // namespace
}  // namespace winnow
