#include "milter/kept_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "tests/milter/judge_fixture.h"
#include "tests/milter/kept_log.h"

namespace winnow {
namespace {

void fail(Session&) { throw std::bad_alloc(); }

class KeptSessionTest : public JudgeTest {
 protected:
  /// The answer to a whole message, in the words of its log line.
  std::string log_of_next_message(KeptSession& kept) {
    kept.begin_message(service_, {.sender = "<anna@sender.example>"});
    return log_at_its_end(kept);
  }
  std::string log_at_its_end(KeptSession& kept) {
    kept.keep_message([](Session& session) { session.end_of_headers(); });
    (void)kept.answer(service_, "A1", {});
    kept.end_message();
    return log_.lines_.empty() ? "" : log_.lines_.back();
  }

  KeptLog log_;
  CountingMetrics metrics_;
  MailService service_{make_snapshot(kJunkRule), log_, metrics_};
};

// MAIL forgot it: milter.skip and rules about client.ip then judged the message of a client without an address.
TEST_F(KeptSessionTest, AnswersByOnErrorAllMessagesOfAClientThatCouldNotBeKept) {
  KeptSession kept;
  kept.keep_client(fail);
  for (int message = 0; message < 2; ++message)
    EXPECT_EQ(log_of_next_message(kept),
              "A1: fallback cause=internal action=accept detail=\"the client could not be kept\"");
  EXPECT_THAT(metrics_.causes_, testing::ElementsAre(ScoreError::Internal, ScoreError::Internal));
}

TEST_F(KeptSessionTest, AnswersByOnErrorOnlyTheMessageThatCouldNotBeKept) {
  KeptSession kept;
  kept.keep_client([](Session& session) { session.connect("", "192.0.2.7"); });
  kept.begin_message(service_, {.sender = "<anna@sender.example>"});
  kept.keep_message(fail);
  EXPECT_EQ(log_at_its_end(kept), "A1: fallback cause=internal action=accept detail=\"the message could not be kept\"");
  EXPECT_THAT(log_of_next_message(kept), testing::StartsWith("A1: judged verdict=accept"));
}

TEST_F(KeptSessionTest, CountsATransactionFromMailToItsEnd) {
  KeptSession kept;
  kept.begin_message(service_, {.sender = "<anna@sender.example>"});
  kept.begin_message(service_, {.sender = "<ben@sender.example>"});
  EXPECT_EQ(service_.transactions().count(), 1u);
  kept.end_message();
  EXPECT_EQ(service_.transactions().count(), 0u);
}

}  // namespace
}  // namespace winnow
