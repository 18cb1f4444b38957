// authentication_results_test.cpp - RFC 8601 headers of trusted servers.
#include "engine/message/authentication_results.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

Authentication results_of(std::initializer_list<const char*> values) {
  Authentication results;
  for (const char* value : values) add_authentication_results(value, {"mx.home.example"}, "a.example", results);
  return results;
}

TEST(AuthenticationResults, AreReadPerMethod) {
  const Authentication results =
      results_of({"mx.home.example 1; spf=pass smtp.mailfrom=a.example; dkim=pass (2048-bit; key) "
                  "header.d=A.example header.i=@a.example;\n"
                  " dmarc=fail (p=none) header.from=a.example"});
  EXPECT_EQ(results.spf, "pass");
  EXPECT_EQ(results.dkim, "pass");
  EXPECT_EQ(results.dkim_domain, "a.example");
  EXPECT_EQ(results.dmarc, "fail");
}

TEST(AuthenticationResults, NameTheSignersDomainInAscii) {
  EXPECT_EQ(results_of({"mx.home.example; dkim=pass header.d=b\xC3\xBC"
                        "cher.example"})
                .dkim_domain,
            "xn--bcher-kva.example");
}

TEST(AuthenticationResults, OfOthersAreIgnored) {
  EXPECT_EQ(results_of({"mx.elsewhere.example; spf=pass"}).spf, "");
  EXPECT_EQ(results_of({"x (mx.home.example); spf=pass"}).spf, "");
  EXPECT_EQ(results_of({""}).spf, "");
  EXPECT_EQ(results_of({"; spf=pass"}).spf, "");
}

/// Anybody can write a header below; only what the server itself wrote stands on top.
TEST(AuthenticationResults, AreNotBetteredByAHeaderBelow) {
  const Authentication results = results_of({"MX.home.example; spf=fail; dkim=fail header.d=b.example",
                                             "mx.home.example; spf=pass; dkim=pass header.i=x@c.example; dmarc=pass"});
  EXPECT_EQ(results.spf, "fail");
  EXPECT_EQ(results.dkim, "fail");
  EXPECT_EQ(results.dkim_domain, "");
  EXPECT_EQ(results.dmarc, "pass");  // servers write a header for each method, too
}

TEST(AuthenticationResults, KeepThePassingSignatureOfOneHeader) {
  const Authentication results =
      results_of({"mx.home.example; dkim=fail header.d=b.example; dkim=pass header.i=x@c.example"});
  EXPECT_EQ(results.dkim, "pass");
  EXPECT_EQ(results.dkim_domain, "c.example");
}

TEST(AuthenticationResults, PreferTheSignatureOfTheDomainInFrom) {
  for (const char* value : {"mx.home.example; dkim=pass header.d=esp.example; dkim=pass header.d=mail.a.example",
                            "mx.home.example; dkim=pass header.d=mail.a.example; dkim=pass header.d=esp.example"})
    EXPECT_EQ(results_of({value}).dkim_domain, "mail.a.example") << value;
}

TEST(AuthenticationResults, TakeSpfOfTheEnvelopeSenderBeforeThatOfHelo) {
  EXPECT_EQ(results_of({"mx.home.example; spf=pass smtp.helo=x.example; spf=fail smtp.mailfrom=y.example"}).spf,
            "fail");
  EXPECT_EQ(results_of({"mx.home.example; spf=fail smtp.mailfrom=y.example; spf=pass smtp.helo=x.example"}).spf,
            "fail");
  EXPECT_EQ(results_of({"mx.home.example; spf=pass smtp.helo=x.example"}).spf, "pass");
}

TEST(AuthenticationResults, MayNameTheVersionOfAMethod) {
  EXPECT_EQ(results_of({"mx.home.example; dmarc/1=pass header.from=a.example"}).dmarc, "pass");
}

TEST(AuthenticationResults, AreNotTakenFromWhatTheSenderChose) {
  for (const char* forged : {R"(mx.home.example; spf=fail smtp.mailfrom="a; dmarc=pass; dkim=pass b"@evil.example)",
                             R"(mx.home.example; spf=fail smtp.mailfrom="a dkim=pass dmarc=pass b"@evil.example)",
                             R"(mx.home.example; spf=fail smtp.mailfrom="a\; dmarc=pass\;dkim=pass"@evil.example)",
                             "mx.home.example; spf=fail reason=key dmarc=pass dkim=pass header.d=bank.example"}) {
    const Authentication results = results_of({forged, "mx.home.example; dmarc=fail; dkim=none"});
    EXPECT_EQ(results.spf, "fail") << forged;
    EXPECT_EQ(results.dmarc, "fail") << forged;
    EXPECT_EQ(results.dkim, "none") << forged;
    EXPECT_EQ(results.dkim_domain, "") << forged;
  }
}

TEST(AuthenticationResults, SurviveOpenCommentsAndQuotes) {
  EXPECT_EQ(results_of({"mx.home.example; spf=pass (open; dkim=pass"}).dkim, "");
  EXPECT_EQ(results_of({"mx.home.example; spf=\"pass\""}).spf, "pass");
  results_of({"mx.home.example; \\", "((((", "))))"});
}

}  // namespace
}  // namespace winnow
