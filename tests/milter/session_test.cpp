#include "milter/session.h"

#include <gtest/gtest.h>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

std::shared_ptr<const Snapshot> snapshot_with(const std::function<void(Snapshot&)>& adjust = {}) {
  auto snapshot = std::make_shared<Snapshot>();
  if (adjust) adjust(*snapshot);
  return snapshot;
}

Session started(const std::function<void(Snapshot&)>& adjust = {},
                const MessageStart& start = {"<anna@sender.example>"}) {
  Session session;
  session.connect("mail.sender.example", "192.0.2.7");
  session.helo("mail.sender.example");
  session.mail(snapshot_with(adjust), start);
  return session;
}

TEST(Session, KeepsTheEnvelopeWithoutBrackets) {
  Session session = started();
  session.recipient("<ben@home.example>");
  const Envelope& envelope = session.input().envelope;
  EXPECT_TRUE(envelope.present);
  EXPECT_EQ(envelope.client_ip, "192.0.2.7");
  EXPECT_EQ(envelope.client_name, "mail.sender.example");
  EXPECT_EQ(envelope.helo, "mail.sender.example");
  EXPECT_EQ(envelope.mail_from, "anna@sender.example");
  EXPECT_EQ(envelope.recipients, std::vector<std::string>{"ben@home.example"});
}

TEST(Session, TakesTheNullSenderAsEmpty) { EXPECT_EQ(started({}, {"<>"}).input().envelope.mail_from, ""); }

struct HeaderCase {
  const char* name;
  const char* value;
  LeadingSpace leading_space;
  const char* raw;
};

TEST(Session, WritesHeadersAsTheyStoodInTheMessage) {
  const HeaderCase cases[] = {
      {"Subject", " hello", LeadingSpace::Sent, "Subject: hello\r\n\r\n"},
      {"Subject", "hello", LeadingSpace::Sent, "Subject:hello\r\n\r\n"},
      {"Subject", "hello", LeadingSpace::Stripped, "Subject: hello\r\n\r\n"},
      {"Subject", "", LeadingSpace::Sent, "Subject:\r\n\r\n"},
      {"To", " a@b.example,\n\tc@d.example", LeadingSpace::Sent, "To: a@b.example,\r\n\tc@d.example\r\n\r\n"},
      {"To", " a@b.example,\r\n c@d.example", LeadingSpace::Sent, "To: a@b.example,\r\n c@d.example\r\n\r\n"},
  };
  for (const HeaderCase& one : cases) {
    Session session = started();
    session.header(one.name, one.value, one.leading_space);
    session.end_of_headers();
    EXPECT_EQ(session.input().raw, one.raw) << one.value;
    EXPECT_EQ(session.input().full_size, session.input().raw.size());
  }
}

TEST(Session, JoinsHeadersAndBodyChunks) {
  Session session = started();
  session.header("Subject", " hello", LeadingSpace::Sent);
  session.end_of_headers();
  EXPECT_EQ(session.body("one\r\n"), Session::Body::Wanted);
  EXPECT_EQ(session.body("two\r\n"), Session::Body::Wanted);
  EXPECT_EQ(session.input().raw, "Subject: hello\r\n\r\none\r\ntwo\r\n");
  EXPECT_EQ(session.input().full_size, session.input().raw.size());
  EXPECT_FALSE(session.input().truncated);
}

TEST(Session, HasEnoughWhenAChunkPassesTheLimit) {
  Session session = started([](Snapshot& s) { s.settings.milter.max_scan_bytes = 1000; });
  session.end_of_headers();
  EXPECT_EQ(session.body(std::string(998, 'x')), Session::Body::Wanted);
  EXPECT_FALSE(session.input().truncated) << "a body that ends at the limit is whole";
  EXPECT_EQ(session.body("yz"), Session::Body::Enough);
  EXPECT_TRUE(session.input().truncated);
  EXPECT_EQ(session.input().raw.size(), 1000u);
}

TEST(Session, TakesTheDeclaredSizeForWhatItDoesNotGetToSee) {
  Session session = started([](Snapshot& s) { s.settings.milter.max_scan_bytes = 1000; },
                            {.sender = "<a@b.example>", .declared_size = 50'000'000});
  EXPECT_EQ(session.body(std::string(2000, 'x')), Session::Body::Enough);
  EXPECT_EQ(session.input().full_size, 50'000'000u);
}

// `size > 2MiB` missed all mail whose size the client had not declared.
TEST(Session, CountsAllOfAMessageWhereRulesAskForItsSize) {
  for (const std::string text :
       {"rules: [{id: a, when: size > 2MiB, then: [reject]}]",
        "rules: [{id: a, when: true, then: [{tag_subject: \"{size}\"}, accept]}]",
        "overrides: [{for: [a@b.example], rules: [{id: a, when: true, unless: size < 1KiB, then: [accept]}]}]"}) {
    Diagnostics problems;
    const auto rules = load_rule_texts({{"r.yaml", text}}, problems);
    ASSERT_TRUE(rules) << problems.to_string();
    Session session = started(
        [&](Snapshot& s) {
          s.rules = rules;
          s.settings.milter.max_scan_bytes = 1000;
        },
        {.sender = "<a@b.example>", .declared_size = 50'000'000});
    EXPECT_EQ(session.body(std::string(2000, 'x')), Session::Body::Wanted) << text;
    EXPECT_EQ(session.body(std::string(3000, 'x')), Session::Body::Wanted);
    EXPECT_EQ(session.input().full_size, 5000u);
    EXPECT_EQ(session.input().raw.size(), 1000u);
  }
}

TEST(Session, DoesNotBelieveTheDeclaredSizeOfAWholeMessage) {
  Session session = started({}, {.sender = "<a@b.example>", .declared_size = 50'000'000});
  session.end_of_headers();
  (void)session.body("short\r\n");
  EXPECT_EQ(session.input().full_size, 9u);
}

TEST(Session, StaysWithinItsLimitWhateverNumberOfHeadersComes) {
  Session session = started([](Snapshot& s) { s.settings.milter.max_scan_bytes = 64 << 10; });
  for (int i = 0; i < 100'000; ++i) session.header("X-Filler-" + std::to_string(i), " some value", LeadingSpace::Sent);
  session.end_of_headers();
  EXPECT_LE(session.input().raw.size(), (32u << 10) + 2) << "headers may fill half of what is scanned";
  EXPECT_TRUE(session.input().truncated);
  EXPECT_GT(session.input().full_size, 2'000'000u);
  EXPECT_EQ(session.body("the text is still wanted\r\n"), Session::Body::Wanted);
  EXPECT_TRUE(session.input().raw.ends_with("the text is still wanted\r\n"));
}

// Half a megabyte of filler hid the From that rules ask for, and the Content-Type that attachments are found by.
TEST(Session, KeepsTheFirstOfWhatMailIsReadByBehindAFloodOfOthers) {
  Session session = started([](Snapshot& s) { s.settings.milter.max_scan_bytes = 64 << 10; });
  for (int i = 0; i < 10'000; ++i) session.header("X-Filler", " some value", LeadingSpace::Sent);
  const std::string essential = "from: a@b.example\r\nContent-Type: text/html;\r\n charset=utf-8\r\n";
  session.header("from", " a@b.example", LeadingSpace::Sent);
  session.header("Content-Type", " text/html;\n charset=utf-8", LeadingSpace::Sent);
  session.header("From", " second@b.example", LeadingSpace::Sent);
  session.header("Subject", std::string(200u << 10, 's'), LeadingSpace::Sent);
  session.end_of_headers();
  EXPECT_TRUE(session.input().raw.ends_with("\r\n" + essential + "\r\n")) << "and the second From is left out";
  EXPECT_LE(session.input().raw.size(), (32u << 10) + essential.size() + 2);
  EXPECT_TRUE(session.input().truncated);
  const std::size_t headers = session.input().raw.size() - essential.size();
  EXPECT_EQ(session.body(std::string(60u << 10, 'x')), Session::Body::Enough);
  EXPECT_EQ(session.input().raw.size(), (64u << 10) + essential.size()) << "nothing is taken from the text";
  EXPECT_GE(headers, 31u << 10);
}

TEST(Session, CountsHeaderCountsPerNameWhateverTheirCase) {
  Session session = started();
  for (const char* name : {"X-Spam-Flag", "x-spam-flag", "X-Spam", "X-SPAM-STATUS", "X-Winnow", "X-Winnow-Flag",
                           "X-Spammer", "X-Winnowed", "Subject"}) {
    session.header(name, " NO", LeadingSpace::Sent);
  }
  std::vector<std::pair<std::string, std::size_t>> found;
  for (const HeaderCount& header : session.forged()) found.emplace_back(header.name, header.count);
  const std::vector<std::pair<std::string, std::size_t>> expected = {
      {"X-Spam-Flag", 2}, {"X-Spam", 1}, {"X-SPAM-STATUS", 1}, {"X-Winnow", 1}, {"X-Winnow-Flag", 1}};
  EXPECT_EQ(found, expected);
}

TEST(Session, CountsTheConfiguredFlagHeaderAsForged) {
  Session session = started([](Snapshot& s) { s.settings.headers.flag_name = "X-Our-Suspect"; });
  session.header("x-our-suspect", " no", LeadingSpace::Sent);
  ASSERT_EQ(session.forged().size(), 1u);
  EXPECT_EQ(session.forged()[0].count, 1u);
}

TEST(Session, StopsCountingHeaderCountsAtItsLimit) {
  Session session = started();
  for (int i = 0; i < 100'000; ++i) session.header("X-Spam-" + std::to_string(i), " x", LeadingSpace::Sent);
  EXPECT_EQ(session.forged().size(), SessionLimits{}.max_removed_headers);
  EXPECT_EQ(session.forged_left(), 100'000 - SessionLimits{}.max_removed_headers);
}

TEST(Session, CountsWhatMailProgramsSortByThoughAFloodOfOthersCameBefore) {
  Session session = started();
  for (const char* name : {"X-Spam-A", "x-spam-level"}) {
    for (std::size_t i = 0; i < SessionLimits{}.max_removed_headers; ++i)
      session.header(name, " x", LeadingSpace::Sent);
  }
  session.header("X-Spam-Flag", " YES", LeadingSpace::Sent);
  session.header("X-Spam-B", " x", LeadingSpace::Sent);
  session.header("X-Spam-Level", " x", LeadingSpace::Sent);
  ASSERT_EQ(session.forged().size(), 3u);
  EXPECT_EQ(session.forged()[2].name, "X-Spam-Flag");
  EXPECT_EQ(session.forged_left(), 2u);
}

TEST(Session, BoundsAddressesAndRecipients) {
  SessionLimits limits;
  limits.max_recipients = 3;
  limits.max_address_bytes = 20;
  Session session(limits);
  session.connect("", "");
  session.mail(snapshot_with(), {"<" + std::string(1000, 'a') + ">"});
  for (int i = 0; i < 10; ++i) session.recipient("<r@home.example>");
  EXPECT_EQ(session.input().envelope.mail_from.size(), 20u);
  EXPECT_EQ(session.input().envelope.recipients.size(), 3u);
}

TEST(Session, KeepsTheFirstSubjectAsItCame) {
  Session session = started();
  session.header("subject", "  first\n\tline", LeadingSpace::Sent);
  session.header("Subject", " second", LeadingSpace::Sent);
  EXPECT_EQ(session.subject(), "first\n\tline");
}

// A tag before the part of it that was kept took the rest away from the reader.
TEST(Session, KeepsALongSubjectWhole) {
  const std::string subject(60'000, 's');  // as much as Postfix passes
  Session session = started();
  session.header("Subject", " " + subject, LeadingSpace::Sent);
  EXPECT_EQ(session.subject(), subject);
}

TEST(Session, StartsAfreshAfterAnAbortAndKeepsTheClient) {
  Session session = started({}, {.sender = "<a@b.example>", .auth_user = "anna"});
  session.header("X-Spam", " x", LeadingSpace::Sent);
  session.header("Subject", " one", LeadingSpace::Sent);
  (void)session.body("text");
  session.reset_message();
  session.reset_message();
  EXPECT_FALSE(session.in_message());
  session.mail(snapshot_with(), {"<c@d.example>"});
  EXPECT_FALSE(session.authenticated());
  EXPECT_TRUE(session.forged().empty());
  EXPECT_FALSE(session.subject().has_value());
  EXPECT_EQ(session.input().raw, "");
  EXPECT_EQ(session.input().envelope.client_ip, "192.0.2.7");
  EXPECT_EQ(session.input().envelope.helo, "mail.sender.example");
}

TEST(Session, IgnoresWhatComesOutsideOfAMessage) {
  Session session;
  session.recipient("<a@b.example>");
  session.header("Subject", " x", LeadingSpace::Sent);
  session.end_of_headers();
  EXPECT_EQ(session.body("text"), Session::Body::Enough);
  EXPECT_EQ(session.input().raw, "");
}

TEST(Session, KeepsNothingOfSkippedMail) {
  const auto skip = [](Snapshot& s) { s.skip = SkipList::from({"authenticated"}); };
  Session session = started(skip, {.sender = "<a@b.example>", .auth_user = "anna"});
  EXPECT_TRUE(session.skipped());
  session.header("X-Spam", " x", LeadingSpace::Sent);
  EXPECT_EQ(session.body("text"), Session::Body::Enough);
  EXPECT_EQ(session.input().raw, "");
  EXPECT_TRUE(session.forged().empty());
  EXPECT_FALSE(started(skip).skipped());
}

TEST(Session, CountsHeadersThatRulesRemoveAlsoBehindAFlood) {
  Diagnostics problems;
  const auto rules =
      load_rule_texts({{"r.yaml", "rules: [{id: a, when: true, then: [remove_header: X-Old, accept]}]"}}, problems);
  Session session = started([&](Snapshot& s) {
    s.rules = rules;
    s.settings.milter.max_scan_bytes = 1000;
  });
  for (int i = 0; i < 2000; ++i) session.header("X-Filler", " x", LeadingSpace::Sent);
  session.header("x-old", " 1", LeadingSpace::Sent);
  session.header("X-Old", " 2", LeadingSpace::Sent);
  ASSERT_EQ(session.removable().size(), 1u);
  EXPECT_EQ(session.removable()[0].count, 2u);
}

TEST(Session, CountsNoMoreRemovableHeadersThanAnMtaShouldBeToldToRemove) {
  Diagnostics problems;
  const auto rules =
      load_rule_texts({{"r.yaml", "rules: [{id: a, when: true, then: [remove_header: X-Old, accept]}]"}}, problems);
  Session session = started([&](Snapshot& s) { s.rules = rules; });
  for (int i = 0; i < 5000; ++i) session.header("X-Old", " x", LeadingSpace::Sent);
  EXPECT_EQ(session.removable()[0].count, SessionLimits().max_removed_headers);
}

TEST(Session, CountsRecipientsThatAreTooManyToKeep) {
  Session session(SessionLimits{.max_recipients = 2});
  session.mail(snapshot_with(), {"<anna@sender.example>"});
  for (int i = 0; i < 5; ++i) session.recipient("<ben@home.example>");
  EXPECT_EQ(session.input().envelope.recipients.size(), 2u);
  EXPECT_EQ(session.input().envelope.unseen_recipients, 3u);
}

TEST(Session, TakesAddressesAsTheMtaUnderstoodThem) {
  Session session = started({}, {.sender = "<a%b.example@here>", .resolved = "a@b.example"});
  session.recipient("<b!c@here>", "c@b.example");
  session.recipient("<ben@here>", "ben");  // Sendmail names a local user only
  const Envelope& envelope = session.input().envelope;
  EXPECT_EQ(envelope.mail_from, "a@b.example");
  EXPECT_EQ(envelope.recipients, (std::vector<std::string>{"c@b.example", "ben@here"}));
  EXPECT_EQ(envelope.written_recipients, (std::vector<std::string>{"b!c@here", "ben@here"}));
}

TEST(Session, CountsWhatItGotOfALongMessageWhoseSizeNobodyDeclared) {
  Session session = started([](Snapshot& s) { s.settings.milter.max_scan_bytes = 1000; });
  (void)session.body(std::string(2000, 'x'));
  EXPECT_EQ(session.input().full_size, 2000u);
}

TEST(Session, KeepsWhenAMessageCameAndWhetherUnderTls) {
  EXPECT_TRUE(started().input().envelope.arrived);
  EXPECT_FALSE(started().input().envelope.tls);
  EXPECT_TRUE(started({}, {.sender = "<a@b.example>", .tls = true}).input().envelope.tls);
}

TEST(Session, CountsNothingOfTheMessageBefore) {
  Diagnostics problems;
  const auto rules =
      load_rule_texts({{"r.yaml", "rules: [{id: a, when: true, then: [remove_header: X-Old, accept]}]"}}, problems);
  const auto with_rules = [&](Snapshot& s) { s.rules = rules; };
  Session session = started(with_rules);
  session.header("X-Old", " 1", LeadingSpace::Sent);
  session.end_of_headers();
  session.mail(snapshot_with(with_rules), {"<c@d.example>"});
  session.header("X-Old", " 1", LeadingSpace::Sent);
  session.end_of_headers();
  EXPECT_EQ(session.removable().at(0).count, 1u);
  EXPECT_EQ(session.input().full_size, session.input().raw.size());
}

}  // namespace
}  // namespace winnow
