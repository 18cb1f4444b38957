// The daemon over its socket: real libmilter, real rules, a model that the test steers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "milter/http_client.h"
#include "tests/support/header_edits.h"
#include "tests/support/poll_until.h"
#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> values_of(const std::vector<HeaderField>& headers, const std::string& name) {
  std::vector<std::string> values;
  for (const auto& [one, value] : headers) {
    if (one == name) values.push_back(value);
  }
  return values;
}

MilterAnswer send(MilterClient& client, const MilterMail& mail) {
  MilterAnswer answer;
  const Status sent = client.send(mail, answer);
  EXPECT_TRUE(static_cast<bool>(sent)) << sent.error();
  return answer;
}

TEST(Server, AcceptsHamWithItsHeadersOnTop) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterMail mail = test_mail();
  const MilterAnswer answer = send(*client, mail);
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  const std::vector<HeaderField> headers = apply_edits(mail.headers, answer.edits);
  ASSERT_EQ(headers.size(), mail.headers.size() + 3);
  EXPECT_EQ(headers[0], (HeaderField{"X-Spam-Score", " 1.7%"}));
  EXPECT_EQ(headers[1].first, "X-Spam-Level");
  EXPECT_EQ(headers[2], (HeaderField{"X-Winnow", " verdict=accept; probability=0.0179; model=fake-1"}));
  EXPECT_EQ(headers[3], mail.headers[0]);
}

TEST(Server, MarksJunkAndFlagsByTheShippedRules) {
  TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterMail mail = test_mail("Win now!!!");
  const auto junk = apply_edits(mail.headers, send(*client, mail).edits);
  EXPECT_THAT(values_of(junk, "X-Spam-Flag"), ElementsAre(" YES"));
  EXPECT_THAT(values_of(junk, "X-Spam"), ElementsAre(" Yes"));
  EXPECT_THAT(values_of(junk, "X-Winnow"), ElementsAre(HasSubstr("verdict=junk; probability=0.9820; rule=junk;")));
  daemon.control().shouting_logit = 0.5f;
  const auto flag = apply_edits(mail.headers, send(*client, mail).edits);
  EXPECT_THAT(values_of(flag, "X-Winnow-Flag"), ElementsAre(" suspect"));
  EXPECT_TRUE(values_of(flag, "X-Spam-Flag").empty());
}

TEST(Server, RemovesHeaderCountsFromTheLastToTheFirst) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  for (const char* name : {"X-Spam-Flag", "x-spam-flag", "X-Spam-Status", "X-Spam-Flag", "X-Winnow"}) {
    mail.headers.emplace_back(name, " NO, forged");
  }
  const MilterAnswer answer = send(*client, mail);
  ASSERT_GE(answer.edits.size(), 5u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(answer.edits[i], (HeaderEdit{HeaderEdit::Kind::Change, 3 - i, "X-Spam-Flag", ""}));
  }
  for (const auto& [name, value] : apply_edits(mail.headers, answer.edits)) {
    EXPECT_THAT(value, testing::Not(HasSubstr("forged"))) << name;
  }
}

TEST(Server, LeavesAuthenticatedSubmissionUntouched) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail("Win now!!!");
  mail.envelope.auth_user = "anna";
  mail.headers.emplace_back("X-Spam-Flag", " NO");
  const MilterAnswer answer = send(*client, mail);
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_TRUE(answer.edits.empty());
  EXPECT_TRUE(daemon.log_has("4bK2xQ0cTz: judged verdict=accept")) << daemon.log();
}

TEST(Server, HasEnoughOfABodyOverItsLimit) {
  const TestDaemon daemon([](Settings& s) { s.milter.max_scan_bytes = 64 << 10; });
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  while (mail.body.size() < (8u << 20)) mail.body += mail.body;
  const MilterAnswer answer = send(*client, mail);
  EXPECT_TRUE(answer.body_skipped);
  EXPECT_THAT(values_of(apply_edits(mail.headers, answer.edits), "X-Winnow"), ElementsAre(HasSubstr("truncated=yes")));
  EXPECT_TRUE(daemon.log_has("truncated=yes"));
}

TEST(Server, TakesHeadersLongerThanAPacketOfLibmilterUsuallyIs) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  mail.headers.emplace_back("References", " " + std::string(100'000, 'r'));  // Postfix passes up to 100 KiB
  EXPECT_EQ(send(*client, mail).verdict, MilterVerdict::Accept);
}

TEST(Server, TakesManyHeaders) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  for (int i = 0; i < 100'000; ++i) mail.headers.emplace_back("X-Filler", " x");
  const MilterAnswer answer = send(*client, mail);
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
}

struct ReplyCase {
  const char* action;
  MilterVerdict verdict;
  const char* reply;
};

TEST(Server, GivesTheRepliesThatRulesAskFor) {
  const ReplyCase cases[] = {
      {"[reject: {code: 554, enhanced: 5.7.0, text: \"100% no\"}]", MilterVerdict::Reject, "554 5.7.0 100%% no"},
      {"[tempfail: {code: 450, enhanced: 4.7.0, text: \"Later\"}]", MilterVerdict::TempFail, "450 4.7.0 Later"},
      {"[discard]", MilterVerdict::Discard, ""},
  };
  for (const ReplyCase& one : cases) {
    const TestDaemon daemon(
        {}, std::string("version: 1\nrules:\n  - {id: a, when: spam >= 0%, then: ") + one.action + "}\n");
    const auto client = daemon.client();
    ASSERT_NE(client, nullptr) << one.action;
    const MilterAnswer answer = send(*client, test_mail());
    EXPECT_EQ(answer.verdict, one.verdict) << one.action;
    EXPECT_EQ(answer.reply, one.reply);
    EXPECT_EQ(answer.stage, "eom");
    EXPECT_TRUE(answer.edits.empty());
  }
}

TEST(Server, QuarantinesTagsAndAddsAsRulesSay) {
  const TestDaemon daemon(
      {},
      "version: 1\nrules:\n"
      "  - {id: tag, when: spam >= 0%, then: [tag_subject: \"[x]\"], continue: true}\n"
      "  - {id: add, when: spam >= 0%, then: [add_header: {name: X-Site, value: seen}], continue: true}\n"
      "  - {id: hold, when: spam >= 0%, then: [quarantine]}\n");
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterMail mail = test_mail("Hello");
  const MilterAnswer answer = send(*client, mail);
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_FALSE(answer.quarantine.empty());
  const auto headers = apply_edits(mail.headers, answer.edits);
  EXPECT_THAT(values_of(headers, "Subject"), ElementsAre(" [x] Hello"));
  EXPECT_THAT(values_of(headers, "X-Site"), ElementsAre(" seen"));
}

TEST(Server, TagsALongSubjectAndLeavesAllOfIt) {
  const TestDaemon daemon(
      {}, "version: 1\nrules:\n  - {id: tag, when: spam >= 0%, then: [tag_subject: \"[x]\", accept]}\n");
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  std::string subject = "word";
  for (int i = 0; i < 800; ++i) subject += "\n " + std::string(70, 'w') + std::to_string(i);  // Postfix cuts at 60,000
  const MilterMail mail = test_mail(subject);
  const MilterAnswer answer = send(*client, mail);
  EXPECT_THAT(values_of(apply_edits(mail.headers, answer.edits), "Subject"), ElementsAre(" [x] " + subject));
}

TEST(Server, AnswersManyMessagesOfOneConnection) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  for (int i = 0; i < 50; ++i) {
    const MilterMail mail = test_mail(i % 2 == 0 ? "Minutes" : "Win now!!!");
    const auto headers = apply_edits(mail.headers, send(*client, mail).edits);
    EXPECT_EQ(values_of(headers, "X-Spam-Flag").size(), i % 2 == 0 ? 0u : 1u) << i;
    ASSERT_TRUE(static_cast<bool>(client->abort()));  // Postfix sends two after each message
    ASSERT_TRUE(static_cast<bool>(client->abort()));
  }
  EXPECT_TRUE(static_cast<bool>(client->quit()));
}

TEST(Server, StartsAfreshAfterAnAbortInTheMiddle) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  (void)send(*client, test_mail());
  client->wire().queue(wire::kMail, std::string_view("<x@evil.example>\0", 17));
  client->wire().queue(wire::kRcpt, std::string_view("<y@home.example>\0", 17));
  client->wire().queue(wire::kHeader, std::string_view("X-Spam-Flag\0 forged\0", 20));
  ASSERT_TRUE(static_cast<bool>(client->abort()));
  ASSERT_TRUE(static_cast<bool>(client->abort()));
  const MilterAnswer answer = send(*client, test_mail());
  for (const HeaderEdit& edit : answer.edits) EXPECT_NE(edit.kind, HeaderEdit::Kind::Change);
}

TEST(Server, AnswersAHundredConnectionsAtOnce) {
  const TestDaemon daemon;
  const std::string socket = daemon.socket();
  std::atomic<int> right{0};
  std::vector<std::thread> senders;
  for (int n = 0; n < 100; ++n) {
    senders.emplace_back([&, n] {
      std::string error;
      const auto client = MilterClient::connect(socket, {}, error);
      const MilterMail mail = test_mail(n % 2 == 0 ? "Minutes" : "Win now!!!");
      for (int i = 0; i < 3 && client != nullptr; ++i) {
        MilterAnswer answer;
        if (!client->send(mail, answer)) return;
        const auto flags = values_of(apply_edits(mail.headers, answer.edits), "X-Spam-Flag");
        if (answer.verdict == MilterVerdict::Accept && flags.size() == static_cast<std::size_t>(n % 2)) ++right;
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(right, 300);
}

TEST(Server, WorksOverTcp) {
  const TestDaemon daemon([](Settings& s) { s.milter.socket = "inet:0@127.0.0.1"; });
  EXPECT_THAT(daemon.socket(), testing::StartsWith("inet:"));
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(send(*client, test_mail()).verdict, MilterVerdict::Accept);
}

TEST(Server, AcceptsSkippedNetworksUnseen) {
  const TestDaemon daemon([](Settings& s) { s.milter.skip = {"192.0.2.0/24"}; });
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  const MilterAnswer answer = send(*client, test_mail("Win now!!!"));
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_TRUE(answer.edits.empty());
  EXPECT_TRUE(daemon.log_has("4bK2xQ0cTz: skipped reason=network client=192.0.2.7 recipients=1")) << daemon.log();
}

constexpr char kRedirect[] =
    "version: 1\nrules:\n  - {id: away, when: subject contains 'minutes', then: [redirect: held@example.org]}\n";

TEST(Server, ChangesRecipientsAsTheRulesSay) {
  const TestDaemon daemon({}, kRedirect);
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  mail.envelope.recipients = {"a@example.org", "b@example.org"};
  const MilterAnswer answer = send(*client, mail);
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_EQ(answer.recipients_added, std::vector<std::string>{"held@example.org"});
  EXPECT_EQ(answer.recipients_removed, (std::vector<std::string>{"a@example.org", "b@example.org"}));
}

TEST(Server, TakesNoRecipientAwayWhenTheMtaLetsItAddNone) {
  const TestDaemon daemon({}, kRedirect);
  MilterClientOptions options;
  options.offer.actions &= ~std::uint32_t{0x04};  // SMFIF_ADDRCPT
  const auto client = daemon.client(options);
  ASSERT_NE(client, nullptr);
  const MilterAnswer answer = send(*client, test_mail());
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_TRUE(answer.recipients_added.empty());
  EXPECT_TRUE(answer.recipients_removed.empty());
  EXPECT_TRUE(daemon.log_has("modifications refused="));
}

TEST(Server, TellsRulesOfTlsAndOfAClientWithoutAName) {
  const TestDaemon daemon({}, "version: 1\nrules:\n  - {id: a, when: tls and client.name == \"\", then: [reject]}\n");
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  mail.envelope.tls = true;
  mail.envelope.client_name = "[192.0.2.7]";
  EXPECT_EQ(send(*client, mail).verdict, MilterVerdict::Reject);
}

TEST(Server, TakesTheDeclaredSizeForABodyThatItDoesNotSeeWhole) {
  const TestDaemon daemon([](Settings& s) { s.milter.max_scan_bytes = 16 << 10; });
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  client->wire().queue(wire::kConnect, std::string_view("host\0U", 6));
  client->wire().queue(wire::kMail, std::string_view("<a@b.example>\0size=50000000\0", 28));
  client->wire().queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
  client->wire().queue(wire::kEndOfHeaders, "");
  client->wire().queue(wire::kBody, std::string(40'000, 'x'));
  client->wire().queue(wire::kEndOfMessage, "");
  Packet packet;
  while (client->wire().read(packet) && packet.command != wire::kAccept) {
  }
  EXPECT_TRUE(daemon.log_has(" size=50000000 truncated=yes")) << daemon.log();
}

TEST(Server, SeesABodyWholeWhereARuleAsksForTheSize) {
  const TestDaemon daemon([](Settings& s) { s.milter.max_scan_bytes = 16 << 10; },
                          "rules: [{id: large, when: size > 150KiB, then: [reject]}]");
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterMail mail = test_mail();
  mail.body += std::string(200 << 10, 'x') + "\r\n";
  EXPECT_EQ(send(*client, mail).verdict, MilterVerdict::Reject);
}

std::string metrics_of(const TestDaemon& daemon) {
  std::string error;
  const auto answer = http_get(daemon.metrics(), "/metrics", std::chrono::seconds(10), error);
  return answer ? answer->body : error;
}

TEST(Server, TellsHowManyMessagesAreBeingJudged) {
  TestDaemon daemon([](Settings& s) { s.metrics.listen = "127.0.0.1:0"; });
  daemon.control().hold = true;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  std::thread sender([&] { (void)send(*client, test_mail()); });
  EXPECT_TRUE(poll_until([&] { return daemon.control().running > 0; }));
  EXPECT_THAT(metrics_of(daemon), HasSubstr("\nwinnow_in_flight 1\n"));
  daemon.control().hold = false;
  sender.join();
  EXPECT_THAT(metrics_of(daemon), HasSubstr("\nwinnow_in_flight 0\n"));
}

}  // namespace
}  // namespace winnow
