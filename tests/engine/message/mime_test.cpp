// mime_test.cpp - the structure of messages, and the values GMime decodes.
#include <gmock/gmock.h>

#include "engine/message/mime_codec.h"
#include "engine/message/mime_parts.h"

namespace winnow {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

struct Walked {
  MimeSummary summary;
  std::vector<std::string> bodies;
  std::vector<std::string> frames;  // the names of parts whose parts are told
};

Walked walk(const std::string& octets, const MimeLimits& limits = {}) {
  std::size_t body_at = 0;
  const HeaderBlock top = read_header_block(octets, {}, body_at);
  Walked walked;
  walked.summary = walk_parts(top, std::string_view(octets).substr(body_at), limits, [&](const LeafPart& part) {
    if (part.is_walked)
      walked.frames.push_back(part.content_type.name);
    else
      walked.bodies.emplace_back(part.body);
  });
  return walked;
}

TEST(Parts, EndBeforeTheLineEndOfTheirBoundary) {
  EXPECT_THAT(walk("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n\n--b  \n\ntwo\n--b--\n").bodies,
              ElementsAre("one\n", "two"));
}

TEST(Parts, AreNotEndedByALineThatOnlyBeginsLikeTheBoundary) {
  EXPECT_THAT(walk("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bx\n--b--\n").bodies,
              ElementsAre("one\n--bx"));
}

TEST(Parts, OfAnInnerMultipartEndAtTheOuterBoundary) {
  const Walked walked = walk(
      "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/alternative; "
      "boundary=in\n\n--in\n\nlost end\n"
      "--out\n\nnext\n--out--\n");
  EXPECT_THAT(walked.bodies, ElementsAre("lost end", "next"));
  EXPECT_THAT(walked.summary.types,
              ElementsAre("multipart/mixed", "multipart/alternative", "text/plain", "text/plain"));
}

TEST(Parts, WithoutABodyEndTheirHeadersAtTheBoundary) {
  EXPECT_THAT(
      walk("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n\ntwo\n--b--\n").bodies,
      ElementsAre("", "two"));
}

TEST(Parts, KeepABodyThatNoEmptyLinePartsFromTheHeaders) {
  const std::string begin = "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
  const std::string end = "\n--b--\n";
  EXPECT_THAT(walk(begin + "Content-Type: text/html\n<p>one</p>\n\n<p>two</p>" + end).bodies,
              ElementsAre("<p>one</p>\n\n<p>two</p>"));
  EXPECT_THAT(walk(begin + "no headers" + end).bodies, ElementsAre("no headers"));
}

TEST(Parts, ReadTheirHeadersOnBehindALineThatIsNone) {
  const Walked walked = walk(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nno header\nContent-Type: text/html\n\n<p>one</p>\n--b--\n");
  EXPECT_THAT(walked.bodies, ElementsAre("<p>one</p>"));
  EXPECT_THAT(walked.summary.types, ElementsAre("multipart/mixed", "text/html"));
}

TEST(Parts, OfADigestAreMessages) {
  const Walked walked = walk("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ninner\n--b--\n");
  EXPECT_THAT(walked.bodies, ElementsAre("inner"));
}

TEST(Parts, ThatHoldPartsAreToldWithTheirNames) {
  const Walked walked = walk(
      "Content-Type: multipart/mixed; boundary=b; name=all\n\n--b\nContent-Type: message/rfc822; name=mail.eml\n\n"
      "Subject: x\n\ninner\n--b--\n");
  EXPECT_THAT(walked.frames, ElementsAre("all", "mail.eml"));
  EXPECT_THAT(walked.bodies, ElementsAre("inner"));
}

TEST(Parts, WithHeadersThatWereCutSaySo) {
  const std::string filler(20u << 10, 'y');
  EXPECT_TRUE(
      walk("Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Filler: " + filler + "\n\none\n--b--\n").summary.cut);
}

TEST(Parts, StopAtTheLimits) {
  MimeLimits limits;
  limits.max_parts = 3;
  const Walked walked =
      walk("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\n", limits);
  EXPECT_THAT(walked.bodies, ElementsAre("1", "2"));
  EXPECT_TRUE(walked.summary.cut);
}

TEST(ContentTypes, AreReadWithTheirParameters) {
  std::size_t repairs = 0;
  const std::string value = "Text/HTML; charset=\"UTF-8\"; name*=utf-8''caf%C3%A9.html";
  const ContentType type = parse_content_type(&value, repairs);
  EXPECT_EQ(type.type, "text/html");
  EXPECT_EQ(type.charset, "utf-8");
  EXPECT_EQ(type.name, "café.html");
}

TEST(ContentTypes, ThatAreMissingOrBrokenArePlainText) {
  std::size_t repairs = 0;
  EXPECT_EQ(parse_content_type(nullptr, repairs).type, "text/plain");
  for (const std::string value : {"", ";;;", "=", "\x80\xFF"}) {
    EXPECT_EQ(parse_content_type(&value, repairs).type.find('\0'), std::string::npos);
  }
}

TEST(ContentTypes, MayHoldSemicolonsInQuotes) {
  std::size_t repairs = 0;
  const std::string one = "multipart/mixed; boundary=\"a;b\"";
  EXPECT_EQ(parse_content_type(&one, repairs).boundary, "a;b");
  const std::string many = "multipart/mixed; x=\"a\\\"" + std::string(70, ';') + "\"; boundary=b";
  EXPECT_EQ(parse_content_type(&many, repairs).boundary, "b");
}

TEST(ContentTypes, WithoutASubtypeArePlainText) {
  std::size_t repairs = 0;
  for (const std::string value : {"text", "TEXT; charset=koi8-r", " text ; charset=\"koi8-r\"", "text/"})
    EXPECT_EQ(parse_content_type(&value, repairs).type, "text/plain") << value;
  const std::string value = "text; charset=koi8-r";
  EXPECT_EQ(parse_content_type(&value, repairs).charset, "koi8-r");
}

/// Filler in front of the parameter that matters hid it.
TEST(Parameters, ThatMatterAreFoundBehindManyOthers) {
  std::string filler;
  for (int i = 0; i < 100; ++i) filler += "; p" + std::to_string(i) + "=\"1;2\"";
  std::size_t repairs = 0;
  const std::string type = "multipart/mixed" + filler + "; Boundary=b; charset=koi8-r; name*0=a; name*1=.exe";
  const ContentType read = parse_content_type(&type, repairs);
  EXPECT_EQ(read.type, "multipart/mixed");
  EXPECT_EQ(read.boundary, "b");
  EXPECT_EQ(read.charset, "koi8-r");
  EXPECT_EQ(read.name, "a.exe");
  EXPECT_TRUE(read.cut);
  const std::string disposition = "attachment" + filler + "; filename*=utf-8''a%2Eexe";
  EXPECT_EQ(parse_content_disposition(&disposition, repairs).file_name, "a.exe");
  EXPECT_TRUE(parse_content_disposition(&disposition, repairs).is_attachment);
}

TEST(Parameters, AreBoundedAlsoWhereTheyAllMatter) {
  std::string flood = "multipart/mixed";
  for (int i = 0; i < 4000; ++i) flood += "; name*" + std::to_string(i) + "=a";
  std::size_t repairs = 0;
  const std::string type = flood + "; boundary=b";
  EXPECT_EQ(parse_content_type(&type, repairs).boundary, "b");
  EXPECT_TRUE(parse_content_type(&type, repairs).cut);
}

TEST(Dispositions, GiveDecodedFileNames) {
  std::size_t repairs = 0;
  const std::string word = "attachment; filename=\"=?utf-8?B?w6QucGRm?=\"";
  EXPECT_EQ(parse_content_disposition(&word, repairs).file_name, "ä.pdf");
  EXPECT_TRUE(parse_content_disposition(&word, repairs).is_attachment);
  const std::string pieces = "inline; filename*0*=utf-8''a%20; filename*1=b.txt";
  EXPECT_EQ(parse_content_disposition(&pieces, repairs).file_name, "a b.txt");
}

TEST(EncodedWords, ThatBelongTogetherAreReadToTheLast) {
  struct Case {
    const char* value;
    const char* text;
  };
  const Case cases[] = {
      {"=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=", "Hello world"},
      {"=?UTF-8?B?SGVsbG8=?=\r\n =?utf-8?b?IHdv?=\t=?UTF-8?B?cmxk?=", "Hello world"},
      {"Re: =?UTF-8?B?YQ==?= =?UTF-8?B?YmI=?= and =?UTF-8?B?YQ==?= =?UTF-8?B?Yg==?=!", "Re: abb and ab!"},
      {"=?UTF-8?B?4oI=?= =?UTF-8?B?rA==?= =?UTF-8?B?eA==?=", "\xE2\x82\xACx"},
      {"=?iso-8859-1?B?5A==?= =?UTF-8?B?w6Q=?= =?UTF-8?Q?_b?=", "\xC3\xA4\xC3\xA4 b"},
  };
  for (const Case& c : cases) {
    std::size_t repairs = 0;
    EXPECT_EQ(decode_header_text(c.value, repairs), c.text) << c.value;
    EXPECT_EQ(repairs, 0u) << c.value;
  }
}

TEST(EncodedWords, OfNamesAndOfFileNamesAreReadToTheLast) {
  std::size_t repairs = 0;
  const std::vector<Mailbox> mailboxes =
      parse_mailboxes("=?UTF-8?B?QW5uYQ==?= =?UTF-8?B?IEJlcmc=?= <a@b.example>", 10, repairs);
  ASSERT_EQ(mailboxes.size(), 1u);
  EXPECT_EQ(mailboxes[0].name, "Anna Berg");
  const std::string file = "attachment; filename=\"=?UTF-8?B?YQ==?= =?UTF-8?B?LnBkZg==?=\"";
  EXPECT_EQ(parse_content_disposition(&file, repairs).file_name, "a.pdf");
}

TEST(Mailboxes, OfGroupsAreTheirMembers) {
  std::size_t repairs = 0;
  EXPECT_THAT(parse_mailboxes("Friends: a@x.example, b@x.example;, c@y.example", 10, repairs), SizeIs(3));
  const std::vector<Mailbox> hidden = parse_mailboxes("undisclosed-recipients:;", 10, repairs);
  ASSERT_THAT(hidden, SizeIs(1));
  EXPECT_EQ(hidden[0].name, "undisclosed-recipients");
  EXPECT_EQ(hidden[0].address, "");
}

TEST(Mailboxes, AreTheSameWhetherAllOfThemArePlainOrNot) {
  const std::string plain = "ann@shop.example, \"Lee, Bob\" <bob@Shop.EXAMPLE>,\tEve Roe <eve@x.example>";
  std::size_t repairs = 0;
  const std::vector<Mailbox> read = parse_mailboxes(plain, 10, repairs);
  const std::vector<Mailbox> by_gmime = parse_mailboxes(plain + ", J. Doe <joe@x.example>", 10, repairs);
  ASSERT_THAT(read, SizeIs(3));
  ASSERT_THAT(by_gmime, SizeIs(4));
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].name, by_gmime[i].name);
    EXPECT_EQ(read[i].address, by_gmime[i].address);
    EXPECT_EQ(read[i].domain, by_gmime[i].domain);
  }
  EXPECT_THAT(parse_mailboxes(plain, 2, repairs), SizeIs(2));
}

TEST(Mailboxes, KeepTextThatIsNoAddressAsName) {
  std::size_t repairs = 0;
  const std::vector<Mailbox> mailboxes = parse_mailboxes("=?utf-8?Q?Caf=C3=A9?= <cafe@A.EXAMPLE>", 10, repairs);
  ASSERT_THAT(mailboxes, SizeIs(1));
  EXPECT_EQ(mailboxes[0].name, "Café");
  EXPECT_EQ(mailboxes[0].address, "cafe@a.example");
}

TEST(Mailboxes, MayHoldColonsInQuotes) {
  std::size_t repairs = 0;
  for (const std::string& name :
       {std::string("a: b"), std::string("\u00e4: b"), std::string(60, ':'), "x\\\"" + std::string(60, ':')}) {
    const std::vector<Mailbox> mailboxes = parse_mailboxes("\"" + name + "\" <x@y.example>", 10, repairs);
    ASSERT_THAT(mailboxes, SizeIs(1)) << name;
    EXPECT_EQ(mailboxes[0].address, "x@y.example") << name;
  }
}

TEST(Mailboxes, AreBoundedWhereAQuoteIsNone) {
  std::size_t repairs = 0;
  std::string groups = "(\")";
  for (int i = 0; i < 8000; ++i) groups += "a:";
  EXPECT_THAT(parse_mailboxes(groups, 10, repairs), SizeIs(testing::Le(10)));
}

TEST(Dates, AreReadInTheFormsThatProgramsWrite) {
  for (const char* date : {"Mon, 02 Mar 2026 10:00:00 +0100", "Mon, 02 Mar 2026 10:00:00 +01:00",
                           "2026-03-02T09:00:00Z", "2026-03-02T10:00:00+01:00", "2026-03-02 09:00:00"})
    EXPECT_EQ(parse_date(date), 1772442000) << date;
  EXPECT_EQ(parse_date("Mon, 02 Mar 2026 09:59:60 +0100"), 1772441999);
}

TEST(Dates, AreReadOrLeftOut) {
  EXPECT_EQ(parse_date("Thu, 1 Jan 1970 00:01:00 +0000"), 60);
  EXPECT_EQ(parse_date("\xFF\xFE"), std::nullopt);
  EXPECT_EQ(parse_date(""), std::nullopt);
}

}  // namespace
}  // namespace winnow
