// tokens_test.cpp - which texts become tokens, and in which namespace.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/features/message_facts.h"
#include "tests/engine/features/sample_mail.h"

namespace winnow {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> names(const std::string& raw) { return origin_names(message_of(raw)); }

TEST(Tokens, TellSubjectOpeningAndTextApart) {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "filler ";
  const auto found = names("Subject: invoice\n\ninvoice " + words + "ending\n");
  EXPECT_THAT(found, Contains("subject word \"invoice\""));
  EXPECT_THAT(found, Contains("opening word \"invoice\""));
  EXPECT_THAT(found, Contains("text word \"invoice\""));
  EXPECT_THAT(found, Contains("text word \"ending\""));
  EXPECT_THAT(found, Not(Contains("opening word \"ending\"")));
}

TEST(Tokens, OfTheSameWordInSubjectAndTextDiffer) {
  const FeatureExtractor extractor(1u << 18);
  FeatureOrigins subject, text;
  extractor.extract(message_of("Subject: invoice\n\n"), subject);
  extractor.extract(message_of("\ninvoice\n"), text);
  const auto token = [](const FeatureOrigins& origins, const std::string& name) {
    const auto found = std::find_if(origins.tokens.begin(), origins.tokens.end(),
                                    [&](const TokenOrigin& o) { return origins.text(o.name) == name; });
    return found == origins.tokens.end() ? -1 : found->token;
  };
  EXPECT_NE(token(subject, "subject word \"invoice\""), -1);
  EXPECT_NE(token(text, "text word \"invoice\""), -1);
  EXPECT_NE(token(subject, "subject word \"invoice\""), token(text, "text word \"invoice\""));
}

TEST(Tokens, HoldPairsGramsAndLinks) {
  const auto found = names(
      "From: Ann Lee <ann.lee7@shop.com>\nSubject: please click\n\nclick here: "
      "https://login.other.com/verify/now?x=1\n");
  EXPECT_THAT(found, Contains("subject pair \"please click\""));
  EXPECT_THAT(found, Contains("text pair \"click here\""));
  EXPECT_THAT(found, Contains("text characters \"lick\""));
  EXPECT_THAT(found, Contains("subject characters \"ease\""));
  EXPECT_THAT(found, Contains("url host \"login.other.com\""));
  EXPECT_THAT(found, Contains("url domain \"other.com\""));
  EXPECT_THAT(found, Contains("url tld \"com\""));
  EXPECT_THAT(found, Contains("url path word \"verify\""));
  EXPECT_THAT(found, Contains("sender domain \"shop.com\""));
  EXPECT_THAT(found, Contains("sender tld \"com\""));
  EXPECT_THAT(found, Contains("sender local part \"a.a0\""));
  EXPECT_THAT(found, Contains("sender name word \"ann\""));
  EXPECT_THAT(found, Contains("structure \"text/plain\""));
}

TEST(Tokens, HoldLinkTextHiddenTextAndAttachments) {
  const auto found = names(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=koi8-r\n\n"
      "<a href='http://a.com/'>look inside</a><p style='display:none'>secret</p>\n--b\n"
      "Content-Type: application/zip; name=x.zip\n\nPK\x03\x04\n--b--\n");
  EXPECT_THAT(found, Contains("link text word \"inside\""));
  EXPECT_THAT(found, Contains("hidden word \"secret\""));
  EXPECT_THAT(found, Not(Contains("text word \"secret\"")));
  EXPECT_THAT(found, Contains("attachment \".zip\""));
  EXPECT_THAT(found, Contains("attachment \"is zip\""));
  EXPECT_THAT(found, Contains("structure \"multipart/mixed text/html application/zip\""));
  EXPECT_THAT(found, Contains("charset \"koi8-r\""));
}

TEST(Tokens, HoldThePlainPartsBesideHtml) {
  const auto found = names(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncheap pills\n--b\nContent-Type: text/html\n\n"
      "<p>harmless prose</p>\n--b--\n");
  EXPECT_THAT(found, Contains("opening word \"pills\""));
  EXPECT_THAT(found, Contains("opening word \"prose\""));
}

TEST(Tokens, OfScriptsWithoutSpacesAreBigramsAndTrigrams) {
  const auto found = names("Content-Type: text/plain; charset=utf-8\n\n免费大奖\n");
  EXPECT_THAT(found, Contains("text word \"免费\""));
  EXPECT_THAT(found, Contains("text word \"费大奖\""));
}

TEST(Tokens, MeetThePlainWordBehindADisguise) {
  for (const char* text :
       {"V1AGRA", "v.i.a.g.r.a", "v i a g r a", "vi\u200Bagra", "ＶＩＡＧＲＡ", "vi\u0430gra", "vi<!-- x -->agra"}) {
    EXPECT_THAT(names(std::string("Content-Type: text/html; charset=utf-8\n\n") + text + "\n"),
                Contains("text word \"viagra\""))
        << text;
  }
}

TEST(Tokens, KeepQuotedLinesApart) {
  const auto found = names("\n> their words\nmine, and a few more\n");
  EXPECT_THAT(found, Contains("quoted word \"their\""));
  EXPECT_THAT(found, Not(Contains("text word \"their\"")));
  EXPECT_THAT(found, Contains("text word \"mine\""));
}

TEST(Tokens, OfAMailOfQuotesAloneAreThoseOfItsText) {
  const auto found = names("\n> cheap pills\n>> for you\n\n");
  for (const char* word : {"text word \"cheap\"", "opening word \"pills\"", "text pair \"for you\""})
    EXPECT_THAT(found, Contains(word));
  EXPECT_THAT(found, Not(Contains("quoted word \"cheap\"")));
}

TEST(Tokens, DoNotNameTheRecipient) {
  const auto found = names("To: gardeners@home.com\n\nDear gardeners of home\n");
  EXPECT_THAT(found, Contains("text word \"<recipient>\""));
  EXPECT_THAT(found, Not(Contains("text word \"gardeners\"")));
  EXPECT_THAT(found, Not(Contains("text word \"home\"")));
}

/// Words in To that were no recipient's made the same words of the text unread.
TEST(Tokens, NameTheRecipientBySessionNotByHeader) {
  Message message = message_of("To: viagra@home.com\n\nDear gardeners, viagra\n");
  message.envelope.recipients = {"ann+viagra@home.com", "gardeners@home.com"};
  const auto found = origin_names(message);
  EXPECT_THAT(found, Contains("text word \"viagra\""));
  EXPECT_THAT(found, Not(Contains("text word \"gardeners\"")));
}

TEST(Tokens, LeaveOutReservedDomains) {
  const auto found = names("From: a@example.com\n\nhttp://www.example.org/ and http://x.test/\n");
  for (const std::string& name : found) {
    EXPECT_THAT(name, Not(testing::StartsWith("sender domain")));
    EXPECT_THAT(name, Not(testing::StartsWith("url domain")));
  }
}

TEST(Subject, LosesWhatOthersPutInFront) {
  const struct {
    const char* subject;
    const char* own;
    bool reply;
  } cases[] = {
      {"Re: [gardeners] Fwd: seeds", "seeds", true},
      {"*****SPAM***** buy", "buy", false},
      {"[SPAM] buy", "buy", false},
      {"{Spam?} buy", "buy", false},
      {"AW: x", "x", true},
      {"[URGENT]", "[URGENT]", false},
      {"plain", "plain", false},
      {"***", "***", false},
      {"Res: x", "x", true},
      {"[open only", "[open only", false},
      {"[SPAM] [gardeners] Re: [PATCH 1/2] seeds", "seeds", true},
      {"[cheap] [pills] [for] [you] hello", "[you] hello", false},
      {"[cheap pills for you and all of your friends] hello", "[cheap pills for you and all of your friends] hello",
       false},
  };
  for (const auto& c : cases) {
    bool reply = false;
    EXPECT_EQ(strip_subject(c.subject, reply), c.own);
    EXPECT_EQ(reply, c.reply) << c.subject;
  }
}

TEST(Body, LosesTheFooterOfAListAndItsLinks) {
  const std::string own = "\nsee https://shop.com/a\n";
  const std::string footer =
      "_______________________________________________\nGardeners mailing "
      "list\nhttps://lists.home.org/listinfo/gardeners\n";
  const FeatureExtractor extractor(1u << 18);
  const Features with = extractor.extract(message_of(own + footer));
  const Features without = extractor.extract(message_of(own));
  EXPECT_EQ(with.tokens, without.tokens);
  EXPECT_EQ(with.dense, without.dense);
}

std::string own_text(const std::string& text) {
  std::string body, quoted;
  split_body(text, body, quoted);
  return body;
}

const std::string kRule = "_______________________________________________\n";

TEST(Body, KeepsWhatStandsBelowALineThatIsNoListFooter) {
  EXPECT_THAT(own_text("hello\n" + kRule + "cheap pills\n"), HasSubstr("pills"));
  EXPECT_THAT(names("\nhello\n" + kRule + "https://pills.com/\n"), Contains("url domain \"pills.com\""));
}

TEST(Body, IsNoListFooterAsAWhole) {
  for (const std::string& mark : {kRule, std::string("-- \n")})
    EXPECT_THAT(own_text("\n" + mark + "cheap pills\nGardeners mailing list\n"), HasSubstr("pills")) << mark;
  std::string lines;
  for (int i = 0; i < 20; ++i) lines += "cheap pills for you\n";
  EXPECT_THAT(own_text("hello\n" + kRule + lines + "Gardeners mailing list\n"), HasSubstr("pills"));
  EXPECT_THAT(names("\nhello\n" + kRule + lines + "https://pills.com/\nGardeners mailing list\n"),
              Contains("url domain \"pills.com\""));
}

TEST(Body, IsNoListFooterWhereItSaysMoreThanTheTextAbove) {
  EXPECT_THAT(
      own_text("Hi Joe,\n" + kRule +
               "Gardeners mailing list\n"
               "Cheap pills of all kinds are in stock now, and whoever orders today does not pay for the parcel.\n"
               "No prescription is needed, so write to us.\n"),
      HasSubstr("pills"));
}

TEST(Body, LosesAFooterLongerThanAShortAnswer) {
  const std::string footer = kRule +
                             "Gardeners mailing list -- gardeners@lists.home.org\n"
                             "To unsubscribe send an email to gardeners-leave@lists.home.org\n";
  EXPECT_EQ(own_text("yes\n" + footer), "yes\n");
}

TEST(Body, IsWithoutWhatItQuotes) {
  std::string body, quoted;
  split_body("> shall we meet\nYes, on Monday at ten.\n", body, quoted);
  EXPECT_EQ(body, "Yes, on Monday at ten.\n");
  EXPECT_EQ(quoted, "> shall we meet\n");
}

TEST(Body, HoldsItsQuotesWhereTheyAreMostOfIt) {
  std::string body, quoted;
  split_body("Hi Joe,\n> cheap pills\n>> without prescription\n", body, quoted);
  EXPECT_EQ(body, "Hi Joe,\ncheap pills\nwithout prescription\n");
  EXPECT_EQ(quoted, "");
}

TEST(Body, KeepsASignatureThatIsNoListFooter) {
  std::string body, quoted;
  split_body("text\n-- \nAnn Lee, Garden Street\n", body, quoted);
  EXPECT_THAT(body, HasSubstr("Garden Street"));
}

TEST(Tokens, OfOneNamespaceHaveTheSameTotalWeightInShortAndLongMail) {
  const auto norm = [](const std::string& raw) {
    FeatureOrigins origins;
    const Features features = FeatureExtractor(1u << 22).extract(message_of(raw), origins);
    double squares = 0;
    for (std::size_t i = 0; i < origins.tokens.size(); ++i) {
      if (origins.text(origins.tokens[i].name).rfind("text word", 0) == 0)
        squares += static_cast<double>(features.weights[i]) * features.weights[i];
    }
    return std::sqrt(squares);
  };
  std::string many;
  for (int i = 0; i < 26 * 26; ++i)
    many += std::string("word") + static_cast<char>('a' + i / 26) + static_cast<char>('a' + i % 26) + " ";
  EXPECT_NEAR(norm("\nfew words\n"), 1, 1e-3);
  EXPECT_NEAR(norm("\n" + many + "\n"), 1, 1e-3);
}

TEST(Tokens, OfFrequentWordsWeighMore) {
  FeatureOrigins origins;
  const Features features = FeatureExtractor(1u << 18).extract(message_of("\nfree free free free once\n"), origins);
  std::map<std::string, float> weight;
  for (std::size_t i = 0; i < origins.tokens.size(); ++i)
    weight[std::string(origins.text(origins.tokens[i].name))] = features.weights[i];
  EXPECT_GT(weight["text word \"free\""], weight["text word \"once\""]);
  EXPECT_LT(weight["text word \"free\""], 3 * weight["text word \"once\""]);
}

std::string group_of(const std::string& raw, const std::string& name) {
  FeatureOrigins origins;
  FeatureExtractor(1u << 22).extract(message_of(raw), origins);
  for (const TokenOrigin& origin : origins.tokens) {
    if (origins.text(origin.name) == name) return std::string(origins.text(origin.reads));
  }
  return "no token " + name;
}

TEST(Tokens, ReadAsTheWordTheyArePiecesOf) {
  const std::string raw = "Subject: please click\n\nsee the invoice below\n";
  EXPECT_EQ(group_of(raw, "text characters \"nvoi\""), "text word \"invoice\"");
  EXPECT_EQ(group_of(raw, "text characters \"ee t\""), "text word \"see\"");
  EXPECT_EQ(group_of(raw, "text characters \" inv\""), "text word \"invoice\"");
  EXPECT_EQ(group_of(raw, "subject characters \"lick\""), "subject word \"click\"");
  EXPECT_EQ(group_of(raw, "opening word \"invoice\""), "text word \"invoice\"");
  EXPECT_EQ(group_of(raw, "text word \"invoice\""), "text word \"invoice\"");
  EXPECT_EQ(group_of(raw, "text pair \"see the\""), "text pair \"see the\"");
}

TEST(Tokens, OfDenseValuesReadAsWhatTheValueSays) {
  EXPECT_EQ(group_of("Subject: hi!!!!!\n\nx\n", "bucket \"subject_exclamations 3\""),
            "exclamation marks in the subject");
}

TEST(Tokens, AreBounded) {
  std::string text = "\n";
  for (int i = 0; i < 30000; ++i)
    text += "w" + std::string(1, static_cast<char>('a' + i % 26)) + static_cast<char>('a' + i / 26 % 26) +
            static_cast<char>('a' + i / 676) + "x ";
  FeatureLimits limits;
  EXPECT_LE(origin_names(message_of(text), limits).size(), limits.max_tokens);
  limits.max_tokens = 50;
  EXPECT_EQ(origin_names(message_of(text), limits).size(), 50U);
}

}  // namespace
}  // namespace winnow
