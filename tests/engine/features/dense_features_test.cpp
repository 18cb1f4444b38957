// dense_features_test.cpp - each dense feature moves for the mail it was made for, and not for ordinary mail.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/engine/features/sample_mail.h"

namespace winnow {
namespace {

struct Case {
  const char* name;
  std::string odd;  // the feature is above 0
};

std::string html(const std::string& body) {
  return "From: a@shop.example\nContent-Type: text/html; charset=utf-8\n\n" + body;
}
std::string from(const std::string& value) { return "From: " + value + "\n\nhello\n"; }
std::string subject(const std::string& value) { return "Subject: " + value + "\n\nhello\n"; }
std::string text(const std::string& value) {
  return "From: a@shop.example\nContent-Type: text/plain; charset=utf-8\n\n" + value + "\n";
}
std::string file(const std::string& name, const std::string& content) {
  return "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=\"" + name +
         "\"\n\n" + content + "\n--b--\n";
}

const std::string kOrdinary =
    "From: Ann Lee <ann@shop.example>\nTo: bob@home.example\nSubject: Minutes of Tuesday\n"
    "Date: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@shop.example>\n"
    "Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\n"
    "Content-Type: text/plain; charset=utf-8\n\nDear Bob, here are the minutes of our meeting about the new "
    "library.\n";

const std::vector<Case>& cases() {
  static const std::vector<Case> table = {
      {"from_local_digits", from("a123@x.example")},
      {"from_local_random", from("xkqzwrt@x.example")},
      {"from_domain_labels", from("a@b.c.d.x.example")},
      {"from_domain_digits", from("a@x123.example")},
      {"from_cheap_tld", from("a@offers.top")},
      {"from_country_tld", from("a@x.de")},
      {"from_freemail", from("a@gmail.com")},
      {"from_freemail_as_company", from("Support Team <a@gmail.com>")},
      {"from_name_other_address", from("\"service@bank.com\" <a@x.example>")},
      {"from_name_other_address", from("bank.com <a@x.example>")},
      {"from_brand_elsewhere", from("PayPal <a@x.example>")},
      {"from_missing", "Subject: x\n\nhello\n"},
      {"from_is_recipient", "From: a@x.example\nTo: A@x.example\n\nx\n"},
      {"reply_to_differs", "From: a@x.example\nReply-To: b@other.com\n\nx\n"},
      {"reply_to_freemail", "From: a@x.example\nReply-To: b@gmail.com\n\nx\n"},
      {"date_skew",
       "Date: Sun, 1 Feb 2026 10:00:00 +0000\nReceived: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\n\nx\n"},
      {"missing_date", "Subject: x\n\nx\n"},
      {"missing_message_id", "Subject: x\n\nx\n"},
      {"missing_to", "Subject: x\n\nx\n"},
      {"undisclosed_recipients", "To: undisclosed-recipients:;\n\nx\n"},
      {"reply_without_reference", subject("Re: your request")},
      {"subject_exclamations", subject("Now!")},
      {"subject_capitals", subject("BUY this")},
      {"subject_all_capitals", subject("BUY THIS NOW")},
      {"subject_digits", subject("code 12345")},
      {"subject_amounts", subject("win $500")},
      {"subject_emoji", subject("=?utf-8?B?8J+YgA==?=")},
      {"text_exclamations", text("Now! Yes!")},
      {"text_exclamation_run", text("Now!!!")},
      {"text_capital_words", text("BUY THIS now")},
      {"text_digits", text("12 34")},
      {"text_amounts", text("only $5")},
      {"text_percents", text("save 50%")},
      {"text_phone_numbers", text("call +49 30 1234567 now")},
      {"text_quoted", text("> you said\n> this\nyes, and it was right, I think")},
      {"text_mixed_words", text("your p\u0430ypal")},
      {"text_zero_width", text("f\u200Bree")},
      {"text_styled_letters", text("𝐅𝐫𝐞𝐞")},
      {"text_disguised_words", text("v1agra")},
      {"text_longest_word", text("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz")},
      {"script_cyrillic", text("Привет")},
      {"script_cjk", text("你好")},
      {"script_arabic", text("مرحبا")},
      {"words_money", text("the payment of one million")},
      {"words_urgency", text("urgent: act now")},
      {"words_pharmacy", text("cheap viagra")},
      {"words_account", text("verify your password")},
      {"words_prize", text("you are the winner")},
      {"words_credit", text("a loan for you")},
      {"words_investment", text("bitcoin trading")},
      {"words_adult", text("hot girls")},
      {"words_gambling", text("online casino")},
      {"words_offer", text("click here for a discount")},
      {"words_inheritance", text("next of kin")},
      {"words_extortion", text("I recorded you by your webcam")},
      {"words_delivery", text("your parcel")},
      {"words_marketing", text("seo ranking")},
      {"links", text("http://a.example")},
      {"link_domains", text("http://a.com http://b.com")},
      {"link_density", text("http://a.example")},
      {"link_text_other_host", html("<a href='http://evil.com'>www.bank.com</a>")},
      {"link_foreign", text("http://other.com/")},
      {"link_shortener", text("https://bit.ly/abc")},
      {"link_free_hosting", text("https://x.web.app/")},
      {"link_ip_address", text("http://192.0.2.1/x")},
      {"link_punycode", text("http://bücher.example/")},
      {"link_port", text("http://a.example:8081/")},
      {"link_user_part", text("http://bank.com@evil.com/")},
      {"link_many_labels", text("http://a.b.c.d.e.example/")},
      {"link_longest", text("http://a.example/" + std::string(100, 'x'))},
      {"link_path_entropy", text("http://a.example/a8Kq-Zx3")},
      {"link_unencrypted", text("http://a.example/")},
      {"link_common_tld", text("http://a.com/")},
      {"link_country_tld", text("http://a.de/")},
      {"link_cheap_tld", text("http://a.xyz/")},
      {"link_brand_elsewhere", text("http://paypal.evil.com/")},
      {"link_mailto", html("<a href='mailto:a@x.example'>write</a>")},
      {"html", html("<p>x</p>")},
      {"html_only", html("<p>x</p>")},
      {"html_to_text", html("<p>x</p>")},
      {"twin_difference",
       "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nharmless prose\n--b\nContent-Type: "
       "text/html\n\ncheap pills\n--b--\n"},
      {"hidden_text", html("<p>x</p><p style='display:none'>hidden words</p>")},
      {"hidden_length", html("<p>x</p><p style='display:none'>hidden words</p>")},
      {"split_words", html("vi<!-- a -->agra")},
      {"images", html("<img src='cid:1'>")},
      {"remote_images", html("<img src='http://a.example/x.png'>")},
      {"tiny_images", html("<img src='http://a.example/x.png' width=1 height=1>")},
      {"image_only", html("<img src='http://a.example/x.png' width=500 height=500>")},
      {"forms", html("<form action='http://a.example/'>x</form>")},
      {"scripts", html("<script>x</script>")},
      {"base64_text", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\ndGV4dA==\n"},
      {"broken_encodings", "Content-Type: text/plain; charset=utf-8\n\n\xFF\xFE\n"},
      {"odd_charset", "Content-Type: text/plain; charset=koi8-r\n\nOrdinary English words and nothing else\n"},
      {"nul_bytes", std::string("Subject: x\n\na\0b\n", 16)},
      {"attachments", file("a.pdf", "%PDF-")},
      {"attached_programs", file("a.exe", "MZ")},
      {"attached_archives", file("a.zip", "PK\x03\x04")},
      {"attached_macros", file("a.docm", "PK\x03\x04")},
      {"attached_html", file("a.html", "<html>")},
      {"attached_mismatch", file("a.pdf", "MZ")},
      {"attached_mismatch", file("a.pdf.html", "<html>")},
      {"is_report", "Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--\n"},
      {"is_signed", "Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n"},
  };
  return table;
}

TEST(DenseFeatures, MoveForTheMailTheyWereMadeFor) {
  for (const Case& c : cases()) EXPECT_GT(dense_value(c.odd, c.name), 0) << c.name;
}

TEST(DenseFeatures, TakeTextWithANameForAFileOnlyWhereItIsAProgram) {
  const auto named = [](const std::string& name) { return "Content-Type: text/plain; name=" + name + "\n\nhello\n"; };
  EXPECT_EQ(dense_value(named("a.txt"), "attachments"), 0);
  EXPECT_GT(dense_value(named("a.exe"), "attachments"), 0);
  EXPECT_GT(dense_value(named("a.exe"), "attached_programs"), 0);
}

TEST(DenseFeatures, StayAtZeroForAnOrdinaryLetter) {
  const std::set<std::string_view> always = {"from_local_length", "subject_capitals", "subject_length",
                                             "text_capitals",     "text_length",      "script_latin"};
  const Features features = FeatureExtractor(1u << 18).extract(message_of(kOrdinary));
  for (std::size_t i = 0; i < dense_features().size(); ++i) {
    const std::string_view name = dense_features()[i].name;
    EXPECT_TRUE(features.dense[i] == 0 || always.count(name) > 0) << name << " is " << features.dense[i];
  }
}

TEST(DenseFeatures, OfTheSessionAreZeroWithoutOne) {
  Message message = message_of("From: a@x.example\n\nhello\n");
  message.envelope.mail_from = "b@other.com";
  message.envelope.helo = "localhost";
  message.envelope.client_name = "unknown";
  for (const char* name : {"mail_from_differs", "client_without_name", "helo_odd"}) {
    message.envelope.present = false;
    EXPECT_EQ(dense_value(message, name), 0) << name;
    message.envelope.present = true;
    EXPECT_EQ(dense_value(message, name), 1) << name;
  }
  message.envelope.client_name = "host.provider.com";
  message.envelope.helo = "mail.bank.com";
  EXPECT_EQ(dense_value(message, "helo_differs"), 1);
  message.envelope.helo = "mail.provider.com";
  EXPECT_EQ(dense_value(message, "helo_differs"), 0);
}

/// A Received header that the sender invents told when the mail came.
TEST(DenseFeatures, TakeTheTimeOfArrivalFromTheSession) {
  Message message = message_of(
      "Received: from a.example by b.example; Thu, 1 Jan 2026 00:00:00 +0000\nDate: Thu, 1 Jan 2026 00:00:00 "
      "+0000\n\nx\n");
  EXPECT_EQ(dense_value(message, "date_skew"), 0);
  constexpr std::int64_t kDay = 86400;
  message.envelope.arrived = *message.date + 60 * kDay;
  EXPECT_EQ(dense_value(message, "date_skew"), 1);
}

TEST(DenseFeatures, OfAuthenticationHaveThreeStates) {
  Message message = message_of("From: a@bank.com\n\nhello\n");
  EXPECT_EQ(dense_value(message, "dmarc"), 0);
  message.authentication.dmarc = "pass";
  EXPECT_EQ(dense_value(message, "dmarc"), 1);
  message.authentication.dmarc = "fail";
  EXPECT_EQ(dense_value(message, "dmarc"), -1);
  message.authentication.dkim_domain = "mail.bank.com";
  EXPECT_EQ(dense_value(message, "dkim_aligned"), 1);
  message.authentication.dkim_domain = "evil.com";
  EXPECT_EQ(dense_value(message, "dkim_aligned"), -1);
}

TEST(DenseFeatures, TakeAnInternationalisedDomainForTheSameInBothForms) {
  Message message = message_of("From: a@xn--bcher-kva.de\n\nhello\n");
  message.authentication.dkim_domain = "xn--bcher-kva.de";
  EXPECT_EQ(dense_value(message, "dkim_aligned"), 1);
  message.envelope.present = true;
  for (const char* sender : {"a@xn--bcher-kva.de",
                             "a@b\xC3\xBC"
                             "cher.de"}) {
    message.envelope.mail_from = sender;
    EXPECT_EQ(dense_value(message, "mail_from_differs"), 0) << sender;
  }
}

TEST(DenseFeatures, SeeTheSenderThatAListServerReplaced) {
  const std::string raw =
      "From: Ann Lee via Gardeners <gardeners@lists.home.org>\nTo: gardeners@lists.home.org\nReply-To: Ann "
      "Lee <ann@gmail.com>\n\nx\n";
  EXPECT_EQ(dense_value(raw, "from_is_recipient"), 0);
  EXPECT_EQ(dense_value(raw, "reply_to_differs"), 0);
  EXPECT_EQ(dense_value(raw, "from_freemail"), 1);
}

TEST(DenseFeatures, LeaveTheIdentityToFromInMailThatWentToNoList) {
  const std::string raw =
      "From: Bank Service via Gardeners <a@offers.top>\nTo: bob@home.example\nReply-To: Ann <ann@gmail.com>\n\nx\n";
  EXPECT_EQ(dense_value(raw, "from_freemail"), 0);
  EXPECT_EQ(dense_value(raw, "from_cheap_tld"), 1);
  EXPECT_EQ(dense_value(raw, "reply_to_differs"), 1);
}

TEST(DenseFeatures, TakeNoCharsetOfTheTextsOwnScriptForOdd) {
  const auto charset = [](const std::string& name, const std::string& words) {
    return "Content-Type: text/plain; charset=" + name + "\n\n" + words + "\n";
  };
  const std::string czech =
      "P\xF8\xEDli\xB9 \xBElu\xBB"
      "ou\xE8k\xFD k\xF9\xF2 \xFAp\xECl \xEF\xE1"
      "belsk\xE9";
  EXPECT_EQ(dense_value(charset("iso-8859-2", czech), "odd_charset"), 0);
  const std::string english = "Ordinary English words and nothing else";
  for (const char* name : {"iso-8859-2", "windows-1250", "windows-1254", "windows-1257", "iso-8859-9", "macintosh"})
    EXPECT_EQ(dense_value(charset(name, english), "odd_charset"), 0) << name;
  for (const char* name :
       {"gb2312", "big5", "shift_jis", "euc-kr", "windows-1251", "iso-8859-5", "iso-8859-11", "iso-2022-jp"})
    EXPECT_EQ(dense_value(charset(name, english), "odd_charset"), 1) << name;
}

/// Who posts to a list may write anybody into To.
TEST(DenseFeatures, SeeTheSenderBehindAListThatIsNamedInFrom) {
  const std::string raw =
      "From: Ann via gardeners <Gardeners@groups.top>\nTo: bob@home.example\nReply-To: Ann <ann@gmail.com>\n\nx\n";
  EXPECT_EQ(dense_value(raw, "from_freemail"), 1);
  EXPECT_EQ(dense_value(raw, "from_cheap_tld"), 0);
}

TEST(DenseFeatures, HaveUniqueNames) {
  std::set<std::string_view> names;
  for (const DenseFeature& feature : dense_features()) EXPECT_TRUE(names.insert(feature.name).second) << feature.name;
  EXPECT_GE(names.size(), 50U);
}

/// What the explanation of `message` says of the feature.
std::string sentence(const Message& message, std::string_view name) {
  FeatureOrigins origins;
  FeatureExtractor(1u << 18).extract(message, origins);
  for (std::size_t i = 0; i < dense_features().size(); ++i) {
    if (dense_features()[i].name == name) return origins.dense[i];
  }
  return "no dense feature " + std::string(name);
}

TEST(DenseFeatures, AllSaySomethingToTheReaderOfAMail) {
  std::set<std::string_view> said;
  for (const DenseFeature& feature : dense_features()) {
    EXPECT_FALSE(feature.says.empty()) << feature.name;
    EXPECT_TRUE(said.insert(feature.says).second) << feature.says;
    EXPECT_EQ(feature.range.rfind("-1", 0) == 0, !feature.says_below.empty()) << feature.name;
  }
}

TEST(DenseFeatures, SayWhatTheMailNames) {
  Message message = message_of(
      "From: PayPal Service <a1@shop.xyz>\nReply-To: <b@other.com>\nSubject: hello\nContent-Type: text/html\n\n"
      "<a href='http://evil.com/x'>www.paypal.com</a> <a href='http://bit.ly/x'>more</a> "
      "<a href='http://paypal.secure-login.com/'>log in</a>\n");
  message.envelope = {.helo = "localhost", .mail_from = "x@bounce.net", .present = true};
  message.authentication.dkim_domain = "signer.com";
  EXPECT_EQ(sentence(message, "link_text_other_host"), "link text names paypal.com, target does not");
  EXPECT_EQ(sentence(message, "link_shortener"), "a link by the URL shortener bit.ly");
  EXPECT_EQ(sentence(message, "link_brand_elsewhere"), "link to paypal.secure-login.com, whose name borrows a brand");
  EXPECT_EQ(sentence(message, "from_cheap_tld"),
            "the sender's domain ends in xyz, which is sold cheaply and abused much");
  EXPECT_EQ(sentence(message, "from_brand_elsewhere"), "names paypal, but the sender's domain is another");
  EXPECT_EQ(sentence(message, "reply_to_differs"), "answers go to another domain, other.com");
  EXPECT_EQ(sentence(message, "mail_from_differs"), "the envelope names another sender domain, bounce.net");
  EXPECT_EQ(sentence(message, "helo_odd"), "the sending host calls itself localhost, which is no host name");
  EXPECT_EQ(sentence(message, "dkim_aligned"), "signed by another domain, signer.com");
  message.envelope.client_name = "host.provider.com";
  EXPECT_EQ(sentence(message, "helo_differs"), "the sending host calls itself localhost, which is not its name");
}

TEST(DenseFeatures, SayNothingWhenTheyAreZero) {
  EXPECT_EQ(sentence(message_of("From: a@b.com\n\nx\n"), "link_shortener"), "");
  EXPECT_EQ(sentence(message_of("From: a@b.com\n\nx\n"), "spf"), "");
}

TEST(DenseFeatures, AreDocumentedAsTheyAre) {
  std::ifstream page(WINNOW_SOURCE_DIR "/docs/features.md");
  std::stringstream content;
  content << page.rdbuf();
  EXPECT_EQ(content.str(), dense_feature_table())
      << "write docs/features.md again: it is the text of dense_feature_table()";
}

}  // namespace
}  // namespace winnow
