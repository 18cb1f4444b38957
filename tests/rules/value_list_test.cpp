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

TEST(TextSet, RefusesStarsElsewhere) {
  for (const char* entry : {"*", "a*", "*a", "a.*", "*.*", "*.a*", "", "*."}) EXPECT_FALSE(TextSet::is_valid(entry)) << entry;
  for (const char* entry : {"a", "*.a", "a@b.example"}) EXPECT_TRUE(TextSet::is_valid(entry)) << entry;
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
  for (const char* text : {"192.0.2.0", "192.0.2.255", "192.0.3.0", "10.127.255.255", "10.128.0.0", "2001:db8:7fff::",
                           "2001:db8:8000::", "198.51.100.127", "198.51.100.128", "::", "::1"}) {
    bool expected = false;
    for (const char* network : added) expected = expected || IpNetwork::parse(network)->contains(*parse_ip_bytes(text));
    EXPECT_EQ(networks.contains(*parse_ip_bytes(text)), expected) << text;
  }
}

}  // namespace
}  // namespace winnow
