// bad_mail_test.cpp - mail that was made to break readers. Each must give a Message, in bounded time and
// memory.
#include <gmock/gmock.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>

#include "engine/message/message.h"

namespace winnow {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kNoLimit = 1u << 30;
// What a message costs before its first octet is read, in octets.
constexpr std::size_t kLeastOctets = 10000;
// The worst that is known, formatting that is opened and closed across 127 elements, costs 12 times what ordinary mail does,
// 14 times under AddressSanitizer.
constexpr double kBearable = 40;

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

struct Timed {
  Message message;
  double cost = 0;  // how many times the processor time that ordinary mail of this size takes
};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Processor seconds that an octet of ordinary mail takes: what is slow here (a machine, a sanitizer) is slow for both.
double ordinary_seconds_per_octet() {
  const MailInput input =
      mail_from_bytes("Content-Type: text/html\n\n" + repeat("<p style='color:#333'>What you ordered is on its way, "
                                                             "and <a href='https://a.example/x'>here</a> it is.\n",
                                                             2500),
                      kNoLimit);
  double least = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double begin = processor_seconds();
    read_message(input);
    least = std::min(least, processor_seconds() - begin);
  }
  return least / static_cast<double>(input.raw.size());
}

Timed read(std::string raw) {
  static const double ordinary = ordinary_seconds_per_octet();
  const MailInput input = mail_from_bytes(std::move(raw), kNoLimit);
  const double begin = processor_seconds();
  Timed result{read_message(input), 0};
  result.cost = (processor_seconds() - begin) / (ordinary * static_cast<double>(input.raw.size() + kLeastOctets));
  return result;
}

/// A thousand lines of filler hid who wrote, and about what.
TEST(BadMail, CountsAHundredThousandHeadersAndKeepsSomeAndWhatItIsReadBy) {
  const Timed result = read(repeat("X-Flood: some words here\n", 100000) +
                            "Subject: late\n by a line\nX-More: x\n y\nSubject: another\n\nbody\n");
  EXPECT_EQ(result.message.shape.header_count, 100003U);
  EXPECT_EQ(result.message.headers.size(), MessageLimits{}.max_headers + 1);
  EXPECT_EQ(result.message.subject, "late by a line");
  EXPECT_TRUE(result.message.shape.limits_hit);
  EXPECT_EQ(result.message.text, "body\n");
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, LooksForNoNameAmongTheHeadersThatItHasKept) {
  const Timed result = read(repeat("Tp: x\n", 1000) + repeat("To: x\n", 150000) + "\nbody\n");
  EXPECT_EQ(result.message.headers.size(), MessageLimits{}.max_headers + 1);
  EXPECT_LT(result.cost, kBearable);
}

/// Seventeen kilobytes in front of a boundary, a file's name or an address hid them.
TEST(BadMail, FindsWhatMailIsReadByBehindLongCommentsAndFoldedFiller) {
  const std::string comment = "(" + repeat("words of a comment\n ", 2500) + ")\n ";
  const std::string parameter = " x=\"" + repeat("words of a parameter\n ", 2500) + "\";\n ";
  for (const auto& [type, disposition] : {std::pair{comment, comment}, std::pair{parameter, parameter}}) {
    const bool is_comment = type == comment;
    const Timed result = read("From: " + comment + "ann@shop.example\nContent-Type: multipart/mixed;" + type +
                              "boundary=b\n\n--b\n\ntext\n--b\nContent-Disposition: attachment;" + disposition +
                              "filename=a.exe\n\nMZ\n--b--\n");
    ASSERT_EQ(result.message.attachments.size(), 1U) << is_comment;
    EXPECT_EQ(result.message.attachments[0].name, "a.exe");
    ASSERT_EQ(result.message.from.size(), 1U);
    EXPECT_EQ(result.message.from[0].domain, "shop.example");
    EXPECT_EQ(result.message.text, "text");
    EXPECT_FALSE(result.message.shape.limits_hit);
    EXPECT_LT(result.cost, kBearable);
  }
}

TEST(BadMail, TakesNoLongerForWhatMailIsReadByWhateverStandsInIt) {
  const std::string fields[] = {"Subject", "From", "To", "Date", "Content-Type", "Content-Disposition"};
  const std::string pieces[] = {
      "(",      "\"", "\\\"", "<", "a@b,", ";a=",         ";a*0*=x", "=?", "=?utf-8?B?YQ==?= ",
      "=?x?Q?", ":",  ",",    "[", "xn--", "; boundary=b"};
  for (const std::string& field : fields) {
    for (const std::string& piece : pieces) {
      const Timed result = read(field + ": x/y " + repeat(piece, (100u << 10) / piece.size()) + "\n\nbody\n");
      EXPECT_LT(result.cost, kBearable) << field << " " << piece;
    }
  }
}

TEST(BadMail, StopsAtTheLimitOfAHundredThousandParts) {
  const Timed result = read("Content-Type: multipart/mixed; boundary=b\n\n" + repeat("--b\n\nx\n", 100000) + "--b--\n");
  EXPECT_EQ(result.message.shape.parts, MessageLimits{}.max_parts);
  EXPECT_TRUE(result.message.shape.limits_hit);
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, SurvivesThousandsOfNestedMultiparts) {
  std::string raw;
  for (int i = 0; i < 20000; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    raw += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
  }
  const Timed result = read(raw + "\ninnermost\n");
  EXPECT_LE(result.message.shape.depth, MessageLimits{}.max_depth);
  EXPECT_TRUE(result.message.shape.limits_hit);
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, SurvivesThousandsOfNestedMessages) {
  const Timed result = read(repeat("Content-Type: message/rfc822\n\n", 50000) + "x");
  EXPECT_LE(result.message.shape.depth, MessageLimits{}.max_depth);
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, ReadsFiftyMegabytesInBoundedTimeAndText) {
  const Timed result = read("Subject: big\n\n" + repeat("many words and https://a.example/x on a line\n", 1200000));
  EXPECT_LE(result.message.text.size(), MessageLimits{}.max_text_bytes);
  EXPECT_LE(result.message.links.size(), MessageLimits{}.max_links);
  EXPECT_TRUE(result.message.shape.limits_hit);
  EXPECT_LT(result.cost, 1);
}

TEST(BadMail, ReadsOneHugeLine) {
  const Timed result = read("Subject: line\n\n" + std::string(20u << 20, 'a'));
  EXPECT_LE(result.message.text.size(), MessageLimits{}.max_text_bytes);
  EXPECT_LT(result.cost, 1);
}

TEST(BadMail, DropsNulOctetsAndCountsThem) {
  const Timed result = read(std::string("Subject: a\0b\n\nte\0xt\n", 20));
  EXPECT_EQ(result.message.shape.nul_bytes, 2U);
  EXPECT_EQ(result.message.subject, "ab");
  EXPECT_EQ(result.message.text, "text\n");
}

TEST(BadMail, ReadsEightBitHeadersAsWhatTheyMostlyAre) {
  EXPECT_EQ(read("Subject: caf\xE9\n\n").message.subject, "café");
  EXPECT_EQ(read("Subject: caf\xC3\xA9\n\n").message.subject, "café");
  EXPECT_EQ(read("From: Jos\xE9 <j@a.example>\n\n").message.from.at(0).name, "José");
}

TEST(BadMail, SurvivesGarbageInBase64) {
  const Timed result =
      read("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!\x80\xFF@@=aGVsbG8=###\n" +
           repeat("=", 100000));
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, SurvivesEncodedWordGarbage) {
  for (const char* value : {"=?utf-8?Q?=FF=FE=ZZ?=", "=?nocharset?B?AAAA?=", "=?utf-8?B?====?=",
                            "=?"
                            "?Q?"
                            "?=",
                            "=?utf-8?X?a?=", "=?utf-8?Q?", "=?=?=?=?="}) {
    read(std::string("Subject: ") + value + "\n\n");
  }
  const Timed result =
      read("Subject: " + repeat("=?utf-8?Q?a?= ", 5000) + "\n" + repeat("X: " + repeat("=?", 8000) + "\n", 500) + "\n");
  EXPECT_LT(result.cost, 10);
}

TEST(BadMail, SurvivesFloodsOfParameterPieces) {
  std::string part = "--b\nContent-Type: text/plain";
  for (int i = 0; i < 2000; ++i) part += ";\n a" + std::to_string(i) + "*" + std::to_string(i % 100) + "*=%41";
  const Timed result = read("Content-Type: multipart/mixed; boundary=b\n\n" + repeat(part + "\n\nx\n", 100));
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, SurvivesNestedGroupsAndCommentsInAddresses) {
  const Timed result =
      read("From: " + repeat("a:", 8000) + "\nTo: " + repeat("(", 16000) + "\nCc: " + repeat("<", 16000) +
           "\nReply-To: " + repeat("a@b.example,", 1300) + "\nSender: " + repeat("\"", 16000) + "\n\nx\n");
  EXPECT_LE(result.message.reply_to.size(), MessageLimits{}.max_addresses);
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, ReadsHtmlOfOnlyOpenAndStrayTagsInLinearTime) {
  const Timed result = read("Content-Type: text/html\n\n" + repeat("<b>", 150000) + repeat("</i>", 100000));
  EXPECT_LT(result.cost, kBearable);
}

TEST(BadMail, ReadsHtmlThatIsDeepAndOutOfPlaceInLinearTime) {
  const std::string fonts = repeat("<font color=red>", 128), deep = repeat("<x>", 250);
  for (const std::string& html : {
           repeat("<p>" + fonts, 2) + repeat("<p>x", 200000),
           repeat(fonts + repeat("<div>", 127) + repeat("</font>", 128) + repeat("</div>", 127), 200),
           deep + repeat("<p>", 200000),
           deep + repeat("</y>", 200000),
           "<table>" + deep + repeat("<td>", 200000),
           "<table><tr>" + repeat("<b>x", 200000),
           "<svg>" + deep + repeat("<style>x</z>", 80000),
           "<style>" + repeat("a{color:red}", 40000) + "</style>" + repeat("<p class='a b c d'>", 20000),
           "<style>" + repeat("{", 400000) + "</style><style>" + repeat("@media (prefers-color-scheme:dark){", 20000),
           "<style>" + repeat("a,", 200000) + "{color:red}</style><p class='" + repeat("a ", 100000) + "'>",
           repeat("<p style='font:" + repeat("a ", 1000) + "'>", 400),
       }) {
    const Timed result = read("Content-Type: text/html\n\n" + html);
    EXPECT_LT(result.cost, kBearable) << html.substr(0, 100);
  }
}

TEST(BadMail, ReadsUnfinishedHtmlInLinearTime) {
  for (const char* piece :
       {"<", "<!--", "<a href=\"", "<style>", "&", "&#", "<!", "</", "<a b='", "<p style=\"a:b;", "<td><table>"}) {
    const Timed result = read("Content-Type: text/html\n\n" + repeat(piece, 100000));
    EXPECT_LT(result.cost, kBearable) << piece;
  }
}

TEST(BadMail, ReadsHtmlOfOneHugeElementInLinearTime) {
  for (const auto& [begin, piece] : {std::pair("<a ", "href=x "),
                                     {"<a ", "a=b "},
                                     {"<!--", "--!"},
                                     {"&#", "0"},
                                     {"<p style='", "color:rgb(;"},
                                     {"<p style='background:", "(none,"},
                                     {"<p style='color:rgb(", "1"},
                                     {"<base href='http://a/", "/"}}) {
    const Timed result = read("Content-Type: text/html\n\n" + (begin + repeat(piece, 200000)) + "'>");
    EXPECT_LT(result.cost, kBearable) << begin << piece;
  }
}

TEST(BadMail, GuessesTheBoundaryThatIsNotDeclared) {
  const Message message =
      read("Content-Type: multipart/mixed\n\n--found\nContent-Type: text/html\n\n<p>inside</p>\n--found--\n").message;
  EXPECT_EQ(message.html_text, "inside\n");
}

TEST(BadMail, ReadsAMultipartWithoutItsEnd) {
  const Message message = read("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n\nsecond").message;
  EXPECT_THAT(message.text, HasSubstr("first"));
  EXPECT_THAT(message.text, HasSubstr("second"));
}

TEST(BadMail, GivesAMessageForNothing) {
  EXPECT_EQ(read("").message.text, "");
  EXPECT_EQ(read("\n").message.text, "");
  EXPECT_EQ(read(std::string(1, '\0')).message.shape.nul_bytes, 1U);
  EXPECT_EQ(read("no header at all\n").message.headers.size(), 0U);
}

}  // namespace
}  // namespace winnow
