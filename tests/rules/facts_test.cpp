#include "rules/facts.h"

#include <gtest/gtest.h>

#include <set>

namespace winnow {
namespace {

TEST(FactTable, HasAUniqueNameAndAMeaningForEachFact) {
  std::set<std::string_view> names;
  for (const FactDeclaration& fact : fact_table()) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_TRUE(fact.meaning.ends_with(".")) << fact.name;
  }
  EXPECT_EQ(names.size(), kFactCount);
}

TEST(Facts, KeepWhatWasSetAndNothingElse) {
  Facts facts;
  facts.set(Fact::Subject, std::string("hello"));
  EXPECT_EQ(std::get<std::string>(facts.get(Fact::Subject)), "hello");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(facts.get(Fact::Helo)));
}

TEST(IpAddress, KeepsIpv4InItsMappedForm) {
  const auto v4 = IpAddress::parse("192.0.2.1");
  ASSERT_TRUE(v4);
  EXPECT_TRUE(v4->is_v4());
  EXPECT_EQ(*v4, *IpAddress::parse("::ffff:192.0.2.1"));
  EXPECT_EQ(v4->to_string(), "192.0.2.1");
}

TEST(IpAddress, ReadsAndWritesIpv6) {
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->to_string(), "2001:db8::1");
  EXPECT_FALSE(IpAddress::parse("2001:db8::1")->is_v4());
  EXPECT_EQ(IpAddress::parse("::1")->to_string(), "::1");
}

TEST(IpAddress, RefusesEverythingElse) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "1.2.3.4/8", "[::1]", "::1%lo", "IPv6:::1", " 1.2.3.4", "localhost"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

}  // namespace
}  // namespace winnow
