// features_test.cpp - promises of the extractor as a whole.
#include "engine/features/features.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/engine/features/sample_mail.h"

namespace winnow {
namespace {

const std::string kHeaders =
    "From: Ann <ann@shop.com>\nTo: bob@home.com\nSubject: Spring sale, 20% off!\nDate: Mon, 2 Mar 2026 "
    "10:00:00 +0000\n";
const std::string kBody = "\nDear customer, click https://shop.com/sale now.\n";

void expect_equal(const Features& a, const Features& b) {
  EXPECT_EQ(a.tokens, b.tokens);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.dense, b.dense);
}

Features features_of(const std::string& raw) { return FeatureExtractor(1u << 18).extract(message_of(raw)); }

TEST(Features, AreTheSameForCrlfAndLf) {
  std::string crlf;
  for (const char c : kHeaders + kBody) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  expect_equal(features_of(kHeaders + kBody), features_of(crlf));
}

TEST(Features, DoNotChangeWithTheHeadersOfOthers) {
  const Features plain = features_of(kHeaders + kBody);
  for (const char* header : {"X-Spam-Flag: YES",
                             "X-Spam-Status: Yes, score=15",
                             "X-Spam-Score: 99",
                             "X-Rspamd-Score: 20",
                             "X-Virus-Scanned: clean",
                             "X-MS-Exchange-Organization-SCL: 9",
                             "X-Winnow: verdict=junk",
                             "X-Barracuda-Spam-Status: Yes",
                             "X-Amavis-Alert: BAD",
                             "List-Id: <x.lists.home.com>",
                             "List-Unsubscribe: <https://x.com/u>",
                             "Precedence: bulk",
                             "X-BeenThere: x@home.com",
                             "Delivered-To: bob@home.com",
                             "X-Original-To: bob@home.com",
                             "Return-Path: <bounce@x.com>",
                             "Status: RO",
                             "Received: from mx.home.com by store.home.com; Mon, 2 Mar 2026 10:00:00 +0000",
                             "Authentication-Results: mx; spf=pass",
                             "In-Reply-To: <1@x.com>",
                             "References: <1@x.com>",
                             "X-Mailer: Some Mailer 1.0",
                             "User-Agent: x",
                             "Errors-To: x@x.com",
                             "Sender: list@x.com"}) {
    SCOPED_TRACE(header);
    expect_equal(plain, features_of(kHeaders + header + "\n" + kBody));
  }
}

TEST(Features, DoNotChangeWithTheTagOfAnEarlierFilter) {
  const std::string tagged =
      "From: Ann <ann@shop.com>\nTo: bob@home.com\nSubject: *****SPAM***** Spring sale, 20% off!\nDate: Mon, "
      "2 Mar 2026 10:00:00 +0000\n";
  expect_equal(features_of(kHeaders + kBody), features_of(tagged + kBody));
}

TEST(Features, DoNotChangeWithTheBreakingOfLines) {
  expect_equal(features_of(kHeaders + "\nDear customer, how are\nyou today?\n"),
               features_of(kHeaders + "\nDear customer,\nhow are you today?\n"));
}

TEST(Features, HaveUniqueTokensWithinTheTable) {
  const FeatureExtractor small(256);
  FeatureOrigins origins;
  const Features features = small.extract(message_of(kHeaders + kBody), origins);
  EXPECT_EQ(features.tokens.size(), features.weights.size());
  EXPECT_EQ(features.tokens.size(), origins.tokens.size());
  EXPECT_EQ(features.dense.size(), origins.dense.size());
  EXPECT_EQ(std::set<std::int64_t>(features.tokens.begin(), features.tokens.end()).size(), features.tokens.size());
  for (std::size_t i = 0; i < features.tokens.size(); ++i) {
    EXPECT_GE(features.tokens[i], 0);
    EXPECT_LT(features.tokens[i], 256);
    EXPECT_GT(features.weights[i], 0);
    EXPECT_EQ(origins.tokens[i].token, features.tokens[i]);
  }
}

TEST(Features, AreTheSameWithAndWithoutOrigins) {
  FeatureOrigins origins;
  expect_equal(FeatureExtractor(1u << 18).extract(message_of(kHeaders + kBody), origins),
               features_of(kHeaders + kBody));
}

TEST(Features, OfAnEmptyMessageAreValid) {
  const Features features = features_of("");
  EXPECT_EQ(features.dense.size(), dense_features().size());
}

TEST(FeatureSchema, HasAnIdAndAHashThatStay) {
  EXPECT_EQ(feature_schema().id, "winnow-1");
  EXPECT_THAT(feature_schema().hash, testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(feature_schema().hash.size(), 16U);
}

/// In pieces, so that this file is no spam when it is mailed.
std::string gtube() {
  return std::string("XJS*C4JDBQADN1") + ".NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL" + "*C.34X";
}

TEST(Gtube, IsFoundInSubjectTextAndHtml) {
  EXPECT_TRUE(contains_gtube(message_of("Subject: " + gtube() + "\n\nx\n")));
  EXPECT_TRUE(contains_gtube(message_of("\nline\n" + gtube() + "\n")));
  EXPECT_TRUE(contains_gtube(message_of("Content-Type: text/html\n\n<p>" + gtube() + "</p>\n")));
}

TEST(Gtube, IsNotFoundInHeadersCommentsOrPieces) {
  EXPECT_FALSE(contains_gtube(message_of("X-Test: " + gtube() + "\n\nx\n")));
  EXPECT_FALSE(contains_gtube(message_of("Content-Type: text/html\n\n<!-- " + gtube() + " -->x\n")));
  EXPECT_FALSE(contains_gtube(message_of("\n" + gtube().substr(1) + "\n")));
}

}  // namespace
}  // namespace winnow
