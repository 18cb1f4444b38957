#include "rules/value_list.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(TextSet, FindsExactTextsInAnyCase) {
  TextSet texts;
  texts.add("Example.org");
  EXPECT_TRUE(texts.contains("example.ORG"));
  EXPECT_FALSE(texts.contains("mail.example.org"));
  EXPECT_FALSE(texts.contains(""));
}

TEST(TextSet, FindsNamesBelowAWildcardButNotTheNameItself) {
  TextSet texts;
  texts.add("*.partner.example");
  EXPECT_TRUE(texts.contains("mail.partner.example"));
  EXPECT_TRUE(texts.contains("a.b.PARTNER.example"));
  EXPECT_TRUE(texts.contains("joe@mail.partner.example"));
  EXPECT_FALSE(texts.contains("partner.example"));
  EXPECT_FALSE(texts.contains(".partner.example"));
  EXPECT_FALSE(texts.contains("notpartner.example"));
  EXPECT_FALSE(texts.contains("mail.partner.example.org"));
}

TEST(TextSet, FindsEachFormOfEntry) {
  struct Case {
    const char* entry;
    std::vector<const char*> inside, outside;
  };
  const std::vector<Case> cases{
      {".good.example",
       {"good.example", "a.b.good.example", "joe@mail.good.example"},
       {"notgood.example", "joe@good.example"}},
      {"@good.example",
       {"joe@good.example", "JOE@GOOD.example"},
       {"good.example", "joe@mail.good.example", "joe@notgood.example"}},
      {"@*.good.example", {"joe@mail.good.example"}, {"joe@good.example", "mail.good.example"}},
      {"@.good.example", {"joe@mail.good.example", "joe@good.example"}, {"joe@notgood.example", "good.example"}},
      {"*@.good.example", {"joe@mail.good.example", "joe@good.example"}, {"joe@notgood.example", "good.example"}},
      {"*@*.good.example", {"joe@mail.good.example"}, {"joe@good.example", "mail.good.example"}},
      {"news-*@*.shop.example",
       {"news-1@a.shop.example", "NEWS-@b.c.shop.example"},
       {"news@a.shop.example", "x.news-1@a.shop.example"}},
      {"@mx?.shop.example", {"joe@mx1.shop.example"}, {"joe@mx.shop.example", "mx1.shop.example"}},
      {"A[Z]z.EXAMPLE", {"a[z]Z.example"}, {"a{z}z.example"}},
      {"inv?ice*", {"invoice 12", "INVOICE"}, {"an invoice", "invice"}},
      {"a.b", {"a.b"}, {"axb"}},
      {"gr\xC3\xBC\xC3\x9F*", {"gr\xC3\xBC\xC3\x9F dich"}, {"gruss"}},
  };
  for (const Case& one : cases) {
    TextSet texts;
    texts.add(one.entry);
    for (const char* text : one.inside) EXPECT_TRUE(texts.contains(text)) << one.entry << " " << text;
    for (const char* text : one.outside) EXPECT_FALSE(texts.contains(text)) << one.entry << " " << text;
  }
}

TEST(TextSet, RefusesEntriesThatNameNothing) {
  for (const char* entry : {"", "*", "@", "@*", ".", "*.", "@.", "@*.", "*@", "*@*", "*@."}) {
    EXPECT_NE(why_not_an_entry(entry), "") << entry;
  }
  for (const char* entry : {"a", "*.a", "*@a", "a@b.example", "a*", "@b.example"})
    EXPECT_EQ(why_not_an_entry(entry), "") << entry;
}

TEST(TextSet, TakesAStarBeforeTheAtForAllAddressesThere) {
  TextSet texts;
  for (std::size_t i = 0; i <= TextSet::kMaxGlobs; ++i) texts.add("*@a" + std::to_string(i) + ".example");
  EXPECT_FALSE(texts.has_too_many_globs());
  EXPECT_TRUE(texts.contains("joe@a7.example"));
  EXPECT_FALSE(texts.contains("joe@b.a7.example"));
  EXPECT_FALSE(texts.contains("a7.example"));
}

TEST(TextSet, RefusesMoreGlobsThanItSearchesQuickly) {
  TextSet texts;
  for (std::size_t i = 0; i <= TextSet::kMaxGlobs; ++i) texts.add("a*" + std::to_string(i));
  EXPECT_TRUE(texts.has_too_many_globs());
  EXPECT_EQ(kTooManyGlobs, "more than 1000 of its entries are globs");
}

TEST(TextSet, StaysQuickOnATextOfDots) {
  TextSet texts;
  texts.add("*.example");
  EXPECT_FALSE(texts.contains(std::string(1'000'000, '.')));
}

TEST(NetworkSet, AgreesWithTheNetworksInIt) {
  NetworkSet networks;
  const std::vector<const char*> added{"192.0.2.0/24", "192.0.2.77", "10.0.0.0/9", "2001:db8::/33", "198.51.100.7/25"};
  for (const char* text : added) networks.add(*IpNetwork::parse(text));
  for (const char* text : {"192.0.2.0", "192.0.2.255", "192.0.3.0", "10.127.255.255", "10.128.0.0",
                           "2001:db8:7fff::", "2001:db8:8000::", "198.51.100.127", "198.51.100.128", "::", "::1"}) {
    bool expected = false;
    for (const char* network : added) expected = expected || IpNetwork::parse(network)->contains(*parse_ip_bytes(text));
    EXPECT_EQ(networks.contains(*parse_ip_bytes(text)), expected) << text;
  }
}

/// "::/0" means every IPv6 client; as addresses are kept, all of IPv4 lies in it, too.
TEST(NetworkSet, OfAllIpv6HoldsNoIpv4) {
  NetworkSet networks;
  networks.add(*IpNetwork::parse("::/0"));
  EXPECT_TRUE(networks.contains(*parse_ip_bytes("2001:db8::1")));
  EXPECT_FALSE(networks.contains(*parse_ip_bytes("192.0.2.1")));
  networks.add(*IpNetwork::parse("0.0.0.0/0"));
  EXPECT_TRUE(networks.contains(*parse_ip_bytes("192.0.2.1")));
}

}  // namespace
}  // namespace winnow
