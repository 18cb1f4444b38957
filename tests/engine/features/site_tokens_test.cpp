// What a model of one site may read of the headers, and what it may not.
#include "engine/features/site_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/features/received_line.h"
#include "engine/features/site_headers.h"

namespace winnow {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kMail =
    "Return-Path: <bounce@news.test>\n"
    "Delivered-To: me@home.test\n"
    "X-Spam-Flag: YES\n"
    "Received: from mx.home.test (localhost [127.0.0.1]) by mx.home.test with LMTP; Mon, 2 Nov 2026 10:00:00 +0100\n"
    "Received: from out.news.test (a7.news.test [192.0.2.7]) by mx.home.test (Postfix) with ESMTPS id 4b;\n"
    "\tMon, 2 Nov 2026 10:00:00 +0100\n"
    "Received: from app (unknown [198.51.100.9]) by out.news.test with ESMTP; Mon, 2 Nov 2026 10:00:00 +0100\n"
    "Message-ID: <2026.11@app.news.test>\n"
    "From: News <news@news.test>\n"
    "To: me@home.test\n"
    "Subject: [weekly] Hello\n"
    "X-Mailer: PostMaster 3.1\n"
    "List-Id: <weekly.news.test>\n"
    "X-Campaign: autumn\n"
    "\n"
    "Hello\n";

Message message_of(const std::string& raw) { return read_message(mail_from_bytes(raw, 1u << 20)); }

std::set<std::string> names_of(const Message& message, FeatureSet set = FeatureSet::Site) {
  FeatureOrigins origins;
  FeatureExtractor(1u << 22, {}, set).extract(message, origins);
  std::set<std::string> names;
  for (const TokenOrigin& origin : origins.tokens) names.emplace(origins.text(origin.name));
  return names;
}

/// Those of the namespaces given, without the origin's quotes.
std::set<std::string> hosts_of(const Message& message) {
  std::set<std::string> hosts;
  for (const std::string& name : names_of(message)) {
    if (name.rfind("host ", 0) == 0) hosts.insert(name.substr(6, name.size() - 7));
  }
  return hosts;
}

TEST(SiteTokens, AreHeadersHostsAddressesMailersAndLists) {
  const auto names = names_of(message_of(kMail));
  for (const char* expected :
       {"header \"x-campaign\"", "header \"as written X-Campaign\"", "header pair \"message-id from\"",
        "header word \"x-campaign autumn\"", "address \"from news@news.test\"", "address \"to home.test\"",
        "address \"envelope bounce@news.test\"", "mailer \"mailer PostMaster 3.1\"",
        "list \"list-id weekly.news.test\"", "list \"tag weekly\"", "host \"message-id app.news.test\""}) {
    EXPECT_THAT(names, Contains(expected));
  }
}

TEST(SiteTokens, AreNotReadForOtherModels) {
  for (const std::string& name : names_of(message_of(kMail), FeatureSet::General)) {
    for (const char* space : {"header ", "host ", "address ", "mailer ", "list "}) EXPECT_NE(name.rfind(space, 0), 0U);
  }
}

TEST(SiteTokens, LeaveTheTokensOfOtherModelsWhereTheyAre) {
  const auto site = names_of(message_of(kMail)), general = names_of(message_of(kMail), FeatureSet::General);
  EXPECT_TRUE(std::includes(site.begin(), site.end(), general.begin(), general.end()));
}

/// So that a general model and its site's child agree on mail without a header.
TEST(SiteTokens, HaveTheUpperHalfOfTheTableAndTheOthersTheLower) {
  constexpr std::size_t kHalf = 1u << 12;
  const Message message = message_of(kMail);
  const Features general = FeatureExtractor(kHalf).extract(message);
  const Features site = FeatureExtractor(2 * kHalf, {}, FeatureSet::Site).extract(message);
  std::vector<std::int64_t> lower;
  std::size_t upper = 0;
  for (const std::int64_t token : site.tokens) {
    if (token < static_cast<std::int64_t>(kHalf)) lower.push_back(token);
    if (token >= static_cast<std::int64_t>(kHalf)) ++upper;
    EXPECT_LT(token, static_cast<std::int64_t>(2 * kHalf));
  }
  EXPECT_EQ(lower, general.tokens);
  EXPECT_GT(upper, 20U);
}

TEST(SiteTokens, NeverTellWhatAFilterSaidOrWhatDeliveryAdded) {
  const auto names = names_of(message_of(kMail));
  for (const std::string& name : names) {
    EXPECT_EQ(name.find("x-spam"), std::string::npos) << name;
    EXPECT_EQ(name.find("delivered-to"), std::string::npos) << name;
  }
  EXPECT_THAT(names_of(message_of("Subject: [SPAM] cheap\n\nx\n")), Not(Contains("list \"tag spam\"")));
}

TEST(SiteTokens, TakeTheClientFromTheReceivedLineOfTheServerItself) {
  const auto hosts = hosts_of(message_of(kMail));
  EXPECT_THAT(hosts, Contains("client a7.news.test"));
  EXPECT_THAT(hosts, Contains("helo out.news.test"));
  EXPECT_THAT(hosts, Contains("client 192.0.2"));
  EXPECT_THAT(hosts, Contains("hop app"));
  EXPECT_THAT(hosts, Contains("hop 198.51.100.9"));
  EXPECT_THAT(hosts, Not(Contains("hop mx.home.test")));
}

/// What the daemon sees of the same message: no line of its own server yet, but the session.
TEST(SiteTokens, AreTheSameInServiceAsInTrainingFromFiles) {
  const std::string mail(kMail);
  Message served = message_of(mail.substr(mail.find("Received: from app")));
  served.envelope = {"192.0.2.7", "a7.news.test", "out.news.test", "bounce@news.test", {"me@home.test"}, "", true,
                     true};
  EXPECT_EQ(hosts_of(served), hosts_of(message_of(mail)));
  EXPECT_THAT(names_of(served), Contains("address \"envelope bounce@news.test\""));
}

TEST(SiteTokens, OfIdentifiersAreTheirShape) {
  const auto names = names_of(message_of("X-Ticket: 123456789abc\n\nx\n"));
  EXPECT_THAT(names, Contains("header word \"x-ticket 0a\""));
}

TEST(SiteHeaders, LeaveOutVerdictsOfFiltersInAllForms) {
  for (const char* name : {"x-spam-status",
                           "x-rspamd-server",
                           "x-virus-scanned",
                           "x-ms-exchange-organization-scl",
                           "x-microsoft-antispam",
                           "x-forefront-antispam-report",
                           "x-foff-score",
                           "x-sid-pra",
                           "x-rc-spam",
                           "xstatus",
                           "xlevel",
                           "x-crm114-status",
                           "x-mailman-rule-misses",
                           "x-greylist",
                           "x-policyd-weight",
                           "x-kasloop",
                           "x-ymailisg",
                           "x-barracuda-start-time",
                           "x-asg-debug-id",
                           "x-ironport-av",
                           "x-amavisstatus",
                           "x-winnow",
                           "authentication-results",
                           "received-spf",
                           "arc-authentication-results",
                           "x-va-spam-flag",
                           "x-mbo-spam-probability",
                           "x-brightmail-tracker",
                           "x-proofpoint-guid",
                           "x-spamexperts-class",
                           "connect()"}) {
    EXPECT_FALSE(is_site_header(name)) << name;
  }
}

TEST(SiteHeaders, LeaveOutWhatDeliveryAdds) {
  for (const char* name : {"delivered-to", "x-original-to", "return-path", "status", "x-status", "x-keywords", "x-uid",
                           "content-length", "lines", "x-he-tag", "x-fda", "x-filterd-recvd-size", "x-eoptenant",
                           "x-incomingheadercount", "x-message-info", "x-sender-ip", "x-gmail-labels", "x-uidl"}) {
    EXPECT_FALSE(is_site_header(name)) << name;
  }
}

TEST(SiteHeaders, TakeWhatSendersAndListsWrite) {
  for (const char* name : {"from", "x-mailer", "list-id", "precedence", "x-campaign", "user-agent", "dkim-signature"}) {
    EXPECT_TRUE(is_site_header(name)) << name;
  }
}

struct ReceivedCase {
  const char* value;
  ReceivedLine expected;
};

TEST(ReceivedLine, IsReadAsTheUsualServersWriteIt) {
  const ReceivedCase cases[] = {
      {"from a.test (b.test [192.0.2.1]) by c.test (Postfix) with ESMTP id 1; Mon",
       {"a.test", "b.test", "192.0.2.1", "c.test", "esmtp"}},
      {"from b.test ([192.0.2.1] helo=a.test) by c.test with smtp (Exim 4) id 1",
       {"b.test", "a.test", "192.0.2.1", "c.test", "smtp"}},
      {"from unknown (HELO a.test) (192.0.2.1) by c.test with SMTP; Mon",
       {"a.test", "", "192.0.2.1", "c.test", "smtp"}},
      {"from a.test (b.test [IPv6:2001:db8::1]) by c.test", {"a.test", "b.test", "2001:db8::1", "c.test", ""}},
      {"(qmail 12 invoked by uid 5); 2 Nov 2026", {"", "", "", "uid", ""}},
      {"", {}},
  };
  for (const ReceivedCase& c : cases) {
    const ReceivedLine line = parse_received(c.value);
    EXPECT_EQ(line.helo, c.expected.helo) << c.value;
    EXPECT_EQ(line.name, c.expected.name) << c.value;
    EXPECT_EQ(line.ip, c.expected.ip) << c.value;
    EXPECT_EQ(line.by, c.expected.by) << c.value;
    EXPECT_EQ(line.with, c.expected.with) << c.value;
  }
}

TEST(ReceivedLine, OfAHandOverWithinTheHostIsLocal) {
  for (const char* value :
       {"by c.test (Postfix, from userid 0) id 1", "from x (localhost [127.0.0.1]) by c.test with ESMTP",
        "from c.test ([10.0.0.1]) by c.test with LMTP", "from pop.test [192.0.2.1] by c.test with POP3"}) {
    EXPECT_TRUE(is_local_hop(parse_received(value))) << value;
  }
  EXPECT_FALSE(is_local_hop(parse_received("from a.test (b.test [192.0.2.1]) by c.test with ESMTP")));
}

TEST(FeatureSchema, OfSitesIsAnother) {
  EXPECT_EQ(feature_schema(FeatureSet::Site).id, "winnow-1-site");
  EXPECT_NE(feature_schema(FeatureSet::Site).hash, feature_schema().hash);
  EXPECT_EQ(feature_set_of("winnow-1-site"), FeatureSet::Site);
  EXPECT_EQ(feature_set_of("winnow-1"), FeatureSet::General);
}

}  // namespace
}  // namespace winnow
