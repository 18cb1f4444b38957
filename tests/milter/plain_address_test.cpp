#include "milter/plain_address.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(PlainAddress, IsOneSpellingForAllThatMeanTheSame) {
  for (const char* written :
       {"away@x.test", "a\\way@x.test", "\"away\"@x.test", "\"a\\way\"@x.test", " away@x.test ", "\"away\" @x.test",
        "away (a \\) comment)@x.test", "away@(c(d))x.test", "@relay.test:away@x.test", "@a.test,@b.test:away@x.test",
        "away@x.test.", "aw\"ay\"@x.test"}) {
    EXPECT_EQ(plain_address(written), "away@x.test") << written;
  }
}

TEST(PlainAddress, KeepsQuotesThatAreNeeded) {
  EXPECT_EQ(plain_address("\"two words\"@x.test"), "\"two words\"@x.test");
  EXPECT_EQ(plain_address("two\\ words@x.test"), "\"two words\"@x.test");
  EXPECT_EQ(plain_address("\"a@b\"@x.test"), "\"a@b\"@x.test");
  EXPECT_EQ(plain_address("\"say \\\"hi\\\"\"@x.test"), "\"say \\\"hi\\\"\"@x.test");
}

TEST(PlainAddress, LeavesOrdinaryOnesAlone) {
  for (const char* written : {"", "postmaster", "O'Brien+news@X.test", "jürgen@bücher.test", "a@[192.0.2.1]",
                              "a@[IPv6:2001:db8::1]", "a=b.test@verp.test"}) {
    EXPECT_EQ(plain_address(written), written);
    EXPECT_EQ(plain_address(plain_address(written)), written);
  }
}

/// With SMTPUTF8 a client may write a domain in letters: an override for its ASCII form was passed by.
TEST(PlainAddress, IsComparedWithItsDomainInAscii) {
  for (const char* written :
       {"ann@bücher.test", "ann@BÜCHER.test", "ann@xn--bcher-kva.test", "@relay.test:ann@bücher.test."})
    EXPECT_EQ(comparable_address(written), "ann@xn--bcher-kva.test") << written;
  EXPECT_EQ(comparable_address("Jürgen@X.test"), "Jürgen@X.test");
  EXPECT_EQ(comparable_address("postmaster"), "postmaster");
  EXPECT_EQ(comparable_address("a@[IPv6:2001:DB8::1]"), "a@[IPv6:2001:DB8::1]");
}

/// A colon in brackets or behind a quoted "@" ended a route that was none, so an address read twice was another one.
TEST(PlainAddress, EndsARouteOnlyAtAColonOfTheRoute) {
  for (const char* written : {"@[IPv6:2001:db8::1]", "\"@x\"@[IPv6:2001:db8::1]"})
    EXPECT_EQ(plain_address(written), written);
  EXPECT_EQ(plain_address("@[\\:]"), "@[:]");
  EXPECT_EQ(plain_address("@[IPv6:2001:db8::1],@b.test:away@x.test"), "away@x.test");
}

TEST(PlainAddress, TakesWhatIsNoAddressAsItStands) {
  EXPECT_EQ(plain_address(" \"open@x.test"), "\"open@x.test");
  EXPECT_EQ(plain_address("open(@x.test"), "open(@x.test");
  EXPECT_EQ(plain_address("end\\"), "\"end\\\\\"");
  EXPECT_EQ(plain_address("a@b\\(c)"), "a@b\\(c)");
}

}  // namespace
}  // namespace winnow
