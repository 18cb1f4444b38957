#include "milter/mail_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <new>

#include "tests/milter/judge_fixture.h"
#include "tests/milter/kept_log.h"
#include "tests/support/poll_until.h"

namespace winnow {
namespace {

class MailServiceTest : public JudgeTest {
 protected:
  static Session session_for(std::shared_ptr<const Snapshot> snapshot, const char* subject = " Minutes") {
    Session session;
    session.connect("", "192.0.2.7");
    session.mail(std::move(snapshot), {"<anna@sender.example>"});
    session.header("Subject", subject, LeadingSpace::Sent);
    session.end_of_headers();
    return session;
  }

  /// The X-Winnow header of a message that shouts.
  std::string header_of_junk(const std::shared_ptr<const Snapshot>& snapshot) {
    MailService service(snapshot, log_, metrics_);
    for (const Modification& change :
         service.end_of_message(session_for(snapshot, " Win now!!!"), "A1", {}).modifications)
      if (change.name == "X-Winnow") return change.value;
    return "no X-Winnow";
  }

  CountingMetrics metrics_;
  KeptLog log_;
};

TEST_F(MailServiceTest, AnswersCountsAndLogsAMessage) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  const Answer answer = service.end_of_message(session_for(snapshot), "A1", {});
  EXPECT_EQ(answer.modifications.size(), 3u);
  EXPECT_EQ(metrics_.judged_, 1);
  ASSERT_EQ(log_.lines_.size(), 1u);
  EXPECT_TRUE(log_.lines_[0].starts_with("A1: judged verdict=accept"));
  EXPECT_EQ(service.in_flight().count(), 0u);
}

TEST_F(MailServiceTest, SaysWhatSpokeForSpamInMarkedMail) {
  EXPECT_THAT(header_of_junk(make_snapshot(kJunkRule)), testing::HasSubstr("reasons=exclamation marks in the subject"));
  ASSERT_EQ(log_.lines_.size(), 1u);
  EXPECT_THAT(log_.lines_[0], testing::HasSubstr(" reasons_us="));
}

TEST_F(MailServiceTest, ExplainsNoMailThatNobodyReadsTheReasonsOf) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  (void)service.end_of_message(session_for(snapshot), "A1", {});
  const auto rejecting = make_snapshot("  - {id: no, when: spam >= 90%, then: [reject]}\n");
  (void)service.end_of_message(session_for(rejecting, " Win now!!!"), "A2", {});
  auto silent = make_snapshot(kJunkRule);
  silent->settings.headers.reasons = false;
  EXPECT_THAT(header_of_junk(silent), testing::Not(testing::HasSubstr("reasons=")));
  EXPECT_EQ(control_->explained, 0u);
}

TEST_F(MailServiceTest, MarksMailWithoutReasonsWhenTheModelDoesNotExplain) {
  control_->explains = false;
  const std::string header = header_of_junk(make_snapshot(kJunkRule));
  EXPECT_THAT(header, testing::HasSubstr("verdict=junk"));
  EXPECT_THAT(header, testing::Not(testing::HasSubstr("reasons=")));
  EXPECT_GT(control_->explained, 0u);
  EXPECT_THAT(log_.lines_, testing::ElementsAre(testing::HasSubstr(" reasons=failed ")));
}

TEST_F(MailServiceTest, SaysThatItDidNotLookForReasonsWhenTooManyLookForThem) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  std::deque<Activity> others;
  while (service.explanations().count() < MailService::kMaxExplanations)
    others.emplace_back(service.explanations(), MailService::kMaxExplanations);
  (void)service.end_of_message(session_for(snapshot, " Win now!!!"), "A1", {});
  EXPECT_EQ(control_->explained, 0u);
  ASSERT_EQ(log_.lines_.size(), 1u);
  EXPECT_THAT(log_.lines_[0], testing::HasSubstr(" reasons=busy "));
  EXPECT_THAT(log_.lines_[0], testing::Not(testing::HasSubstr(" reasons_us=")));
}

TEST_F(MailServiceTest, AnswersOverloadAtOnceWhenTooManyAreInFlight) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.max_in_flight = 1;
  snapshot->settings.milter.on_overload = OnError::TempFail;
  MailService service(snapshot, log_, metrics_);
  const Activity other(service.in_flight(), 1);
  const Answer answer = service.end_of_message(session_for(snapshot), "A1", {});
  EXPECT_EQ(answer.reply.kind, Reply::Kind::TempFail);
  EXPECT_THAT(metrics_.causes_, testing::ElementsAre(ScoreError::Busy));
  EXPECT_THAT(log_.lines_, testing::ElementsAre(testing::StartsWith("A1: fallback cause=busy action=tempfail")));
}

TEST_F(MailServiceTest, AnswersByOnErrorAtOnceOnceItIsClosed) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  service.close();
  EXPECT_EQ(service.end_of_message(session_for(snapshot), "A1", {}).reply.kind, Reply::Kind::Accept);
  EXPECT_THAT(metrics_.causes_, testing::ElementsAre(ScoreError::Stopped));
}

TEST_F(MailServiceTest, AcceptsSkippedMailUnseen) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->skip = SkipList::from({"192.0.2.0/24"});
  MailService service(snapshot, log_, metrics_);
  const Answer answer = service.end_of_message(session_for(snapshot), "A1", {});
  EXPECT_TRUE(answer.modifications.empty());
  EXPECT_EQ(answer.reply.kind, Reply::Kind::Accept);
  EXPECT_EQ(metrics_.skipped_, 1);
  EXPECT_EQ(metrics_.judged_, 0);
}

TEST_F(MailServiceTest, GivesUpByOnError) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.on_error = OnError::TempFail;
  MailService service(snapshot, log_, metrics_);
  EXPECT_EQ(service.give_up(session_for(snapshot), "A1", "out of memory").reply.kind, Reply::Kind::TempFail);
  EXPECT_THAT(log_.lines_,
              testing::ElementsAre("A1: fallback cause=internal action=tempfail detail=\"out of memory\""));
}

// A forged X-Spam-Flag was delivered, and nothing told that the message had not been looked at.
TEST_F(MailServiceTest, GivesUpWithAHeaderAndWithoutForgedOnes) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  Session session = session_for(snapshot);
  session.header("X-Spam-Flag", " NO", LeadingSpace::Sent);
  using Kind = Modification::Kind;
  EXPECT_THAT(service.give_up(session, "A1", "out of memory").modifications,
              testing::ElementsAre(
                  Modification{Kind::RemoveHeader, "X-Spam-Flag", 1, ""},
                  Modification{Kind::InsertHeader, "X-Winnow", 0, "verdict=unscanned; cause=internal; action=accept"}));
}

TEST_F(MailServiceTest, GivesUpWithTheReplyOfMailThatIsToComeAgain) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.on_error = OnError::TempFail;
  MailService service(snapshot, log_, metrics_);
  const Answer answer = service.give_up(session_for(snapshot), "A1", "out of memory");
  EXPECT_TRUE(answer.modifications.empty());
  EXPECT_EQ(answer.reply, (Reply{Reply::Kind::TempFail, 451, "4.7.1", std::string(kUnscannedReply)}));
}

TEST_F(MailServiceTest, GivesUpByOnErrorWhereNoMessageHasBegun) {
  MailService service(make_snapshot(kJunkRule), log_, metrics_);
  EXPECT_EQ(service.give_up(Session(), "", "no session").reply.kind, Reply::Kind::Accept);
  EXPECT_THAT(log_.lines_,
              testing::ElementsAre("NOQUEUE: fallback cause=internal action=accept detail=\"no session\""));
}

class FullLog : public Log {
 public:
  void write(LogLevel, const std::string&) override { throw std::bad_alloc(); }
};

// It was answered, and counted, a second time by on_error.
TEST_F(MailServiceTest, AnswersAndCountsOnceWhatTheLogCannotTell) {
  const auto snapshot = make_snapshot("  - {id: no, when: spam >= 90%, then: [reject]}\n");
  FullLog full;
  MailService service(snapshot, full, metrics_);
  EXPECT_EQ(service.end_of_message(session_for(snapshot, " Win now!!!"), "A1", {}).reply.kind, Reply::Kind::Reject);
  EXPECT_EQ(metrics_.judged_, 1);
  EXPECT_THAT(metrics_.causes_, testing::IsEmpty());
}

// It was counted as a message without a probability, and its line named no message.
TEST_F(MailServiceTest, TellsAnAnswerThatCouldNotBeHandedOverFromOneThatWasNotFound) {
  auto snapshot = make_snapshot(kJunkRule);
  snapshot->settings.milter.on_error = OnError::TempFail;
  MailService service(snapshot, log_, metrics_);
  EXPECT_EQ(service.note_unsent(session_for(snapshot), "A1", "out of memory").kind, Reply::Kind::TempFail);
  EXPECT_EQ(metrics_.unsent_, 1);
  EXPECT_THAT(metrics_.causes_, testing::IsEmpty());
  EXPECT_THAT(log_.lines_, testing::ElementsAre("A1: unsent action=tempfail detail=\"out of memory\""));
}

TEST_F(MailServiceTest, JudgesAMessageByTheSnapshotItStartedWith) {
  const auto before = make_snapshot(kJunkRule);
  MailService service(before, log_, metrics_);
  const Session session = session_for(service.snapshot());
  service.replace(make_snapshot("  - {id: all, when: spam >= 0%, then: [junk]}\n"));
  (void)service.end_of_message(session, "A1", {});
  (void)service.end_of_message(session_for(service.snapshot()), "A2", {});
  ASSERT_EQ(log_.lines_.size(), 2u);
  EXPECT_THAT(log_.lines_[0], testing::HasSubstr("verdict=accept"));
  EXPECT_THAT(log_.lines_[1], testing::HasSubstr("verdict=junk"));
}

TEST_F(MailServiceTest, SaysWhatSpokeForSpamInFlaggedMailToo) {
  const auto snapshot = make_snapshot("  - {id: f, when: spam >= 90%, then: [flag]}\n");
  EXPECT_THAT(header_of_junk(snapshot), testing::HasSubstr("reasons="));
}

TEST_F(MailServiceTest, ExplainsNoMailOfOwnUsersWhoSeeNoHeaders) {
  const auto snapshot = make_snapshot(kJunkRule);
  Session session;
  session.mail(snapshot, {.sender = "<anna@sender.example>", .auth_user = "anna"});
  session.header("Subject", " Win now!!!", LeadingSpace::Sent);
  session.end_of_headers();
  MailService service(snapshot, log_, metrics_);
  (void)service.end_of_message(session, "A1", {});
  EXPECT_EQ(control_->explained, 0u);
}

/// A gauge that was set beside the count once stayed above 0 when two messages ended at once.
TEST_F(MailServiceTest, TellsHowManyAreInFlightWhenItIsAsked) {
  MailService service(make_snapshot(kJunkRule), log_, metrics_);
  {
    const Activity one(service.in_flight(), 9), other(service.in_flight(), 9);
    EXPECT_THAT(service.metrics_text(), testing::EndsWith("\nwinnow_in_flight 2\n"));
  }
  EXPECT_THAT(service.metrics_text(), testing::EndsWith("\nwinnow_in_flight 0\n"));
}

// engine.max_queue_length bounds it, and nobody could see how near it was.
TEST_F(MailServiceTest, TellsHowManyWaitForTheModel) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  EXPECT_THAT(service.metrics_text(), testing::HasSubstr("\nwinnow_queue_messages 0\n"));
  control_->hold = true;
  const Features features = snapshot->engine->extractor().extract(read_message(mail("Minutes"), {}));
  const auto running = snapshot->engine->submit(features);
  EXPECT_TRUE(poll_until([&] { return control_->running == 1; }));
  const auto waiting = snapshot->engine->submit(features), other = snapshot->engine->submit(features);
  EXPECT_THAT(service.metrics_text(), testing::HasSubstr("\nwinnow_queue_messages 2\n"));
  control_->hold = false;
}

TEST_F(MailServiceTest, WarnsOfFallbacksAndCountsThoseThatItGivesUpToo) {
  const auto snapshot = make_snapshot(kJunkRule);
  MailService service(snapshot, log_, metrics_);
  (void)service.give_up(session_for(snapshot), "A1", "out of memory");
  service.close();
  (void)service.end_of_message(session_for(snapshot), "A2", {});
  EXPECT_THAT(metrics_.causes_, testing::ElementsAre(ScoreError::Internal, ScoreError::Stopped));
  EXPECT_THAT(log_.levels_, testing::ElementsAre(LogLevel::Error, LogLevel::Warning));
}

}  // namespace
}  // namespace winnow
