// message_test.cpp - what read_message makes of ordinary mail.
#include "engine/message/message.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/engine/message/sample_cms.h"

namespace winnow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Message read(std::string raw, const ReadOptions& options = {}) {
  return read_message(mail_from_bytes(std::move(raw), 1u << 20), options);
}

std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') result += '\r';
    result += c;
  }
  return result;
}

const std::string kAlternative =
    "From: Ann Example <ann@shop.example>\n"
    "To: bob@home.example, \"Carl, the Third\" <carl@home.example>\n"
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= from\n the shop\n"
    "Date: Mon, 02 Mar 2026 10:00:00 +0100\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/alternative; boundary=\"b1\"\n"
    "\n"
    "preamble\n"
    "--b1\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "\n"
    "Plain words, see https://shop.example/a.\n"
    "--b1\n"
    "Content-Type: text/html; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n"
    "\n"
    "<p>HTML words <a href=3D\"https://shop.example/b\">look</a></p>\n"
    "--b1--\n"
    "epilogue\n";

TEST(ReadMessage, DecodesHeadersAndAddresses) {
  const Message message = read(kAlternative);
  EXPECT_EQ(message.subject, "Grüße from the shop");
  ASSERT_THAT(message.from, SizeIs(1));
  EXPECT_EQ(message.from[0].name, "Ann Example");
  EXPECT_EQ(message.from[0].address, "ann@shop.example");
  EXPECT_EQ(message.from[0].domain, "shop.example");
  ASSERT_THAT(message.to, SizeIs(2));
  EXPECT_EQ(message.to[1].name, "Carl, the Third");
  EXPECT_EQ(message.date, 1772442000);
}

/// The domain of From came in letters, that of envelope, signature and links in ASCII: each such sender looked like a forger.
TEST(ReadMessage, GivesInternationalisedDomainsInOneForm) {
  for (const char* address : {"ann@xn--bcher-kva.example", "Ann <ann@XN--BCHER-KVA.example>",
                              "ann@b\xC3\xBC"
                              "cher.example",
                              "\"Lee, Ann\" <ann@B\xC3\x9C"
                              "CHER.example>"}) {
    const Message message = read(std::string("From: ") + address + "\nReply-To: " + address + "\n\nwords\n");
    ASSERT_THAT(message.from, SizeIs(1)) << address;
    EXPECT_EQ(message.from[0].domain, "xn--bcher-kva.example") << address;
    EXPECT_EQ(message.from[0].address, "ann@xn--bcher-kva.example") << address;
    EXPECT_EQ(message.reply_to.at(0).domain, "xn--bcher-kva.example") << address;
  }
}

/// The label decodes to full-width letters, which stand for paypal.com where they are typed.
TEST(ReadMessage, TakesNoAsciiFormForAnotherOne) {
  for (const char* address :
       {"ann@xn--mi7ca7anb7c.com", "Ann <ann@xn--mi7ca7anb7c.com>", "\"Lee, Ann\" <ann@XN--mi7ca7anb7c.com>",
        "b@c.example, Ann (work) <ann@xn--mi7ca7anb7c.com>"}) {
    const Message message = read(std::string("From: ") + address + "\n\nwords\n");
    ASSERT_FALSE(message.from.empty()) << address;
    EXPECT_EQ(message.from.back().domain, "xn--mi7ca7anb7c.com") << address;
  }
  for (const char* domain : {"xn-0-mi7ca7anb7c.com", "xn-00-mi7ca7anb7c.com", "xn-0as.xn--mi7ca7anb7c.com"}) {
    const Message message = read(std::string("From: \"xn--a\" Lee <ann@") + domain + ">\n\nwords\n");
    ASSERT_THAT(message.from, SizeIs(1)) << domain;
    EXPECT_EQ(message.from[0].domain, domain);
    EXPECT_EQ(message.from[0].name, "xn--a Lee");
  }
}

TEST(ReadMessage, NamesAFileAsItIsStored) {
  const Message message = read("Content-Type: application/octet-stream; name=\"invoice.exe. \"\n\nMZ\n");
  ASSERT_THAT(message.attachments, SizeIs(1));
  EXPECT_EQ(message.attachments[0].name, "invoice.exe");
  EXPECT_EQ(message.attachments[0].extension, "exe");
}

TEST(ReadMessage, TakesThePlainTwinAsTextAndKeepsTheHtmlApart) {
  const Message message = read(kAlternative);
  EXPECT_THAT(message.text, HasSubstr("Plain words"));
  EXPECT_THAT(message.text, Not(HasSubstr("HTML words")));
  EXPECT_EQ(message.html_text, "HTML words look\n");
  EXPECT_THAT(message.text, Not(HasSubstr("preamble")));
  EXPECT_THAT(message.text, Not(HasSubstr("epilogue")));
}

TEST(ReadMessage, FindsTheLinksOfBothParts) {
  const Message message = read(kAlternative);
  ASSERT_THAT(message.links, SizeIs(2));
  EXPECT_EQ(message.links[0].url, "https://shop.example/a");
  EXPECT_FALSE(message.links[0].from_html);
  EXPECT_EQ(message.links[1].url, "https://shop.example/b");
  EXPECT_EQ(message.links[1].text, "look");
  EXPECT_TRUE(message.links[1].from_html);
}

TEST(ReadMessage, GivesTheSameForCrlfAndLf) {
  const Message lf = read(kAlternative);
  const Message crlf = read(with_crlf(kAlternative));
  EXPECT_EQ(crlf.text, lf.text);
  EXPECT_EQ(crlf.html_text, lf.html_text);
  EXPECT_EQ(crlf.subject, lf.subject);
  EXPECT_EQ(crlf.headers.size(), lf.headers.size());
  EXPECT_EQ(crlf.shape.header_bytes, lf.shape.header_bytes);
  EXPECT_EQ(crlf.html.bytes, lf.html.bytes);
  EXPECT_EQ(crlf.links.size(), lf.links.size());
}

TEST(ReadMessage, TakesHtmlAsTextWhenThereIsNoPlainTwin) {
  const Message message = read("Content-Type: text/html\n\n<b>only</b> this\n");
  EXPECT_EQ(message.text, "only this");
  EXPECT_EQ(message.html_text, message.text);
}

TEST(ReadMessage, TakesHtmlAsTextWhenThePlainTwinIsEmpty) {
  const Message message = read(
      "Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n \n--x\n"
      "Content-Type: text/html\n\n<p>seen</p>\n--x--\n");
  EXPECT_THAT(message.text, HasSubstr("seen"));
}

TEST(ReadMessage, JoinsHtmlAndThePlainPartsBesideIt) {
  const Message beside = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nabove\n--x\nContent-Type: text/html\n\n<p>middle</p>\n"
      "--x\n\nbelow\n--x--\n");
  EXPECT_EQ(beside.html_text, "above\nmiddle\nbelow");
  EXPECT_EQ(beside.text, beside.html_text);
}

TEST(ReadMessage, ShowsOfAlternativesTheHtmlAlone) {
  const Message message = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\n"
      "plain\n--y\nContent-Type: text/html\n\n<p>html</p>\n--y--\n--x\nContent-Type: multipart/alternative; "
      "boundary=z\n\n--z\n\nalone\n--z--\n--x\n\nbelow\n--x--\n");
  EXPECT_EQ(message.html_text, "html\nalone\nbelow");
  EXPECT_EQ(message.text, "plain\nalone\nbelow");
}

TEST(ReadMessage, ReadsTheTextOfAnEnclosedMessage) {
  const Message message = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nouter\n--x\nContent-Type: message/rfc822\n\n"
      "Subject: inner subject\n\ninner words\n--x--\n");
  EXPECT_THAT(message.text, HasSubstr("outer"));
  EXPECT_THAT(message.text, HasSubstr("inner words"));
  EXPECT_THAT(message.shape.types, ElementsAre("multipart/mixed", "text/plain", "message/rfc822", "text/plain"));
  EXPECT_EQ(message.shape.depth, 2U);
}

TEST(ReadMessage, ReadsTheTextOfAnEnclosedMessageWhoseHeadersAreUtf8) {  // RFC 6532
  const Message message = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nouter\n--x\nContent-Type: message/global\n\n"
      "Subject: Grüße\n\ninner words\n--x--\n");
  EXPECT_THAT(message.text, HasSubstr("inner words"));
}

TEST(ReadMessage, ReadsCalendarPartsAsText) {
  const Message message = read("Content-Type: text/calendar; charset=utf-8\n\nBEGIN:VCALENDAR\nSUMMARY:Tea\n");
  EXPECT_THAT(message.text, HasSubstr("SUMMARY:Tea"));
}

TEST(ReadMessage, DescribesAttachmentsByNameAndFirstOctets) {
  const Message message = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\n"
      "Content-Type: application/pdf; name=\"bill.pdf\"\nContent-Disposition: attachment;\n"
      " filename*0=\"bi\"; filename*1=\"ll.pdf\"\nContent-Transfer-Encoding: "
      "base64\n\nTVqQAAMAAAAE\n--x--\n");
  ASSERT_THAT(message.attachments, SizeIs(1));
  EXPECT_EQ(message.attachments[0].name, "bill.pdf");
  EXPECT_EQ(message.attachments[0].extension, "pdf");
  EXPECT_EQ(message.attachments[0].declared_type, "application/pdf");
  EXPECT_EQ(message.attachments[0].magic_type, "exe");
  EXPECT_EQ(message.attachments[0].size, 9U);
}

/// A rule on ".exe" was passed by a second name, which some mail programs show.
TEST(ReadMessage, KeepsAllNamesThatAnAttachmentBears) {
  const std::pair<const char*, const char*> headers[] = {
      {"Content-Type: application/octet-stream; name=\"b.exe\"", "Content-Disposition: attachment; filename=\"a.txt\""},
      {"Content-Type: application/octet-stream",
       "Content-Disposition: attachment; filename=\"a.txt\"; filename*=utf-8''b.exe"},
      {"Content-Type: application/octet-stream",
       "Content-Disposition: attachment; filename=\"a.txt\"; filename=\"b.exe. \""},
      {"Content-Type: application/octet-stream; name=a.txt; name=b.exe",
       "Content-Disposition: attachment; filename=a.txt"}};
  for (const auto& [type, disposition] : headers) {
    const Message message = read("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\n" +
                                 std::string(type) + "\n" + disposition + "\n\nabc\n--x--\n");
    ASSERT_THAT(message.attachments, SizeIs(1)) << disposition;
    EXPECT_EQ(message.attachments[0].name, "a.txt");
    EXPECT_THAT(message.attachments[0].other_names, ElementsAre("b.exe")) << type << disposition;
  }
}

TEST(ReadMessage, KeepsTheLastNameOfAFloodOfThem) {
  std::string disposition = "Content-Disposition: attachment";
  for (int i = 0; i < 50; ++i) disposition += "; filename=" + std::to_string(i) + ".txt";
  const Message message = read("Content-Type: application/octet-stream\n" + disposition + "; filename=b.exe\n\nabc\n");
  ASSERT_THAT(message.attachments, SizeIs(1));
  EXPECT_EQ(message.attachments[0].other_names.back(), "b.exe");
}

TEST(ReadMessage, TakesHtmlWithANameAsTextWhereItIsTheText) {
  EXPECT_EQ(read("Content-Type: text/html; name=\"letter.htm\"\n\n<p>Good day</p>\n").text, "Good day\n");
  const Message twins = read(
      "Content-Type: multipart/alternative; boundary=x\n\n--x\n\nGood day\n--x\n"
      "Content-Type: text/html; name=\"letter.htm\"\n\n<p>Good evening</p>\n--x--\n");
  EXPECT_EQ(twins.html_text, "Good evening\n");
  ASSERT_THAT(twins.attachments, SizeIs(1));
  EXPECT_TRUE(twins.attachments[0].is_body);
  const Message behind_nothing = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n \n--x\n"
      "Content-Type: text/html; name=\"letter.htm\"\n\n<p>Good day</p>\n--x--\n");
  EXPECT_TRUE(behind_nothing.attachments.at(0).is_body);
}

TEST(ReadMessage, TakesHtmlWithANameBehindTheTextForTextAndFile) {
  const Message behind = read(
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\n"
      "Content-Type: text/html; name=\"bill.htm\"\n\n<p>Pay here</p>\n--x--\n");
  EXPECT_EQ(behind.html_text, "see file\nPay here\n");
  ASSERT_THAT(behind.attachments, SizeIs(1));
  EXPECT_FALSE(behind.attachments[0].is_body);
  const Message alone =
      read("Content-Type: text/html; name=\"bill.htm\"\nContent-Disposition: attachment\n\n<p>Pay here</p>\n");
  EXPECT_EQ(alone.html_text, "");
  EXPECT_THAT(alone.attachments, SizeIs(1));
}

/// A rule on ".exe" was passed by a program that called itself text, or a message.
TEST(ReadMessage, KeepsTheNamesOfTextAndOfEnclosedMessages) {
  for (const char* type : {"text/plain; name=a.exe", "text/html; name=a.exe", "message/rfc822; name=a.exe",
                           "text/plain\nContent-Disposition: inline; filename=a.exe"}) {
    const Message message = read(std::string("Content-Type: ") + type + "\n\nSubject: x\n\nMZ words\n");
    ASSERT_THAT(message.attachments, SizeIs(1)) << type;
    EXPECT_EQ(message.attachments[0].extension, "exe");
    EXPECT_TRUE(message.attachments[0].is_body);
    EXPECT_THAT(message.text, HasSubstr("MZ words"));
  }
}

TEST(ReadMessage, NamesFilesThatStandInTheText) {
  const Message message = read("Subject: x\n\nHi\n\nbegin 644 a.exe\n\"35H \n`\nend\n");
  ASSERT_THAT(message.attachments, SizeIs(1));
  EXPECT_EQ(message.attachments[0].name, "a.exe");
  EXPECT_EQ(message.attachments[0].magic_type, "exe");
  EXPECT_THAT(message.text, HasSubstr("begin 644"));
}

TEST(ReadMessage, FindsUrlsThatAreOnlyWrittenInHtml) {
  const Message message = read(
      "Content-Type: text/html\n\n<p>see http://login.<b>shop</b>.example/x or <a "
      "href=\"http://a.example/\">www.b.example</a>\n");
  ASSERT_THAT(message.links, SizeIs(2));
  EXPECT_EQ(message.links[1].url, "http://login.shop.example/x");
}

TEST(ReadMessage, SaysWhenParametersWereCut) {
  std::string filler;
  for (int i = 0; i < 100; ++i) filler += "; p" + std::to_string(i) + "=1";
  const Message message = read("Content-Type: application/pdf\nContent-Disposition: attachment" + filler + "\n\nx");
  EXPECT_TRUE(message.shape.limits_hit);
}

TEST(ReadMessage, NotesReportsSignaturesAndCharsets) {
  const Message message = read(
      "Content-Type: multipart/signed; boundary=x\n\n--x\nContent-Type: text/plain; charset=ISO-8859-1\n"
      "Content-Transfer-Encoding: base64\n\ndGV4dA==\n--x\nContent-Type: "
      "application/pgp-signature\n\nzz\n--x--\n");
  EXPECT_TRUE(message.shape.is_signed);
  EXPECT_EQ(message.shape.top_type, "multipart/signed");
  EXPECT_THAT(message.shape.charsets, ElementsAre("iso-8859-1"));
  EXPECT_EQ(message.shape.base64_text_parts, 1U);
  EXPECT_EQ(message.text, "text");
}

TEST(ReadMessage, ReadsWhatIsSignedWithinSMime) {
  const std::string inner =
      "Content-Type: multipart/alternative; boundary=y\n\n--y\n\nplain\n--y\nContent-Type: "
      "text/html\n\n<p>html</p>\n--y--\n";
  const auto wrapped = [](const std::string& part) {
    return "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Disposition: attachment\n\n" +
           signed_cms(element('\x04', part));
  };
  const Message message = read("Subject: x\n" + wrapped(inner));
  EXPECT_EQ(message.text, "plain");
  EXPECT_EQ(message.html_text, "html\n");
  EXPECT_TRUE(message.shape.is_signed);
  EXPECT_FALSE(message.shape.is_encrypted);
  EXPECT_THAT(message.attachments, SizeIs(1));
  EXPECT_EQ(read(wrapped(wrapped("\nwords"))).text, "words");
  EXPECT_EQ(read(wrapped(wrapped(wrapped("\nwords")))).text, "");
}

TEST(ReadMessage, TakesNothingForSignedOrEncryptedForItsTypeAlone) {
  const Message message = read("Content-Type: application/pkcs7-mime\n\nwords\n");
  EXPECT_FALSE(message.shape.is_signed);
  EXPECT_FALSE(message.shape.is_encrypted);
}

TEST(ReadMessage, KeepsTheEnvelopeAndTheSize) {
  MailInput input = mail_from_bytes("Subject: x\n\nbody\n", 12);
  input.envelope.present = true;
  input.envelope.mail_from = "a@b.example";
  const Message message = read_message(input);
  EXPECT_TRUE(message.truncated);
  EXPECT_EQ(message.size, 17U);
  EXPECT_EQ(message.envelope.mail_from, "a@b.example");
}

TEST(ReadMessage, BelievesOnlyTrustedAuthenticationResults) {
  const std::string raw = "Authentication-Results: mx.home.example; spf=pass smtp.mailfrom=a.example\n\nx\n";
  EXPECT_EQ(read(raw).authentication.spf, "");
  ReadOptions options;
  options.trusted_authserv_ids = {"mx.home.example"};
  EXPECT_EQ(read(raw, options).authentication.spf, "pass");
}

TEST(ReadMessage, FindsHeadersWithoutRegardToCase) {
  const Message message = read("X-Thing: one\nx-thing: two\n\n");
  ASSERT_NE(message.header("x-THING"), nullptr);
  EXPECT_EQ(message.header("x-THING")->value, "one");
  EXPECT_EQ(message.header("X-Other"), nullptr);
}

}  // namespace
}  // namespace winnow
