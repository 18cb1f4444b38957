#include "config/network.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

struct MembershipCase {
  const char* network;
  const char* address;
  bool inside;
};

class NetworkMembership : public testing::TestWithParam<MembershipCase> {};

TEST_P(NetworkMembership, FollowsThePrefixBitByBit) {
  const auto network = IpNetwork::parse(GetParam().network);
  const auto address = parse_ip_bytes(GetParam().address);
  ASSERT_TRUE(network && address);
  EXPECT_EQ(network->contains(*address), GetParam().inside) << GetParam().network << " " << GetParam().address;
}

INSTANTIATE_TEST_SUITE_P(
    Table, NetworkMembership,
    testing::Values(
        MembershipCase{"192.0.2.0/24", "192.0.2.0", true}, MembershipCase{"192.0.2.0/24", "192.0.2.255", true},
        MembershipCase{"192.0.2.0/24", "192.0.3.0", false}, MembershipCase{"192.0.2.0/24", "192.0.1.255", false},
        MembershipCase{"192.0.2.128/25", "192.0.2.127", false}, MembershipCase{"192.0.2.128/25", "192.0.2.128", true},
        MembershipCase{"10.0.0.0/9", "10.127.255.255", true}, MembershipCase{"10.0.0.0/9", "10.128.0.0", false},
        MembershipCase{"0.0.0.0/0", "203.0.113.9", true}, MembershipCase{"0.0.0.0/0", "2001:db8::1", false},
        MembershipCase{"::/0", "192.0.2.1", false}, MembershipCase{"::/0", "2001:db8::1", true},
        MembershipCase{"::/80", "192.0.2.1", false}, MembershipCase{"::ffff:0:0/96", "192.0.2.1", true},
        MembershipCase{"192.0.2.7", "192.0.2.7", true}, MembershipCase{"192.0.2.7", "192.0.2.6", false},
        MembershipCase{"192.0.2.7/32", "192.0.2.7", true}, MembershipCase{"2001:db8::/32", "2001:db8::1", true},
        MembershipCase{"2001:db8::/32", "2001:db9::", false}, MembershipCase{"2001:db8::/33", "2001:db8:8000::", false},
        MembershipCase{"::ffff:192.0.2.0/120", "192.0.2.9", true},
        MembershipCase{"192.0.2.0/24", "::ffff:192.0.2.9", true}));

TEST(IpBytes, KeepIpv4InItsMappedForm) {
  const auto v4 = parse_ip_bytes("192.0.2.1");
  ASSERT_TRUE(v4);
  EXPECT_TRUE(is_v4_mapped(*v4));
  EXPECT_EQ(*v4, *parse_ip_bytes("::ffff:192.0.2.1"));
  EXPECT_EQ(format_ip_bytes(*v4), "192.0.2.1");
}

TEST(IpBytes, ReadAndWriteIpv6) {
  EXPECT_EQ(format_ip_bytes(*parse_ip_bytes("2001:DB8:0:0::1")), "2001:db8::1");
  EXPECT_FALSE(is_v4_mapped(*parse_ip_bytes("2001:db8::1")));
  EXPECT_EQ(format_ip_bytes(*parse_ip_bytes("::1")), "::1");
}

TEST(IpBytes, RefuseEverythingElse) {
  for (const char* text :
       {"", "1.2.3", "1.2.3.256", "1.2.3.4/8", "[::1]", "::1%lo", "IPv6:::1", " 1.2.3.4", "localhost"}) {
    EXPECT_FALSE(parse_ip_bytes(text)) << text;
  }
}

TEST(IpNetwork, RefusesWhatIsNotOneAddressOrNetwork) {
  for (const char* text :
       {"", "/", "192.0.2.0/", "/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24/1", "192.0.2", "192.0.2.0/ 24",
        "2001:db8::/129", "example.org", "192.0.2.0/0x8", "[::1]", "fe80::1%eth0"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
  EXPECT_FALSE(parse_ip_bytes(std::string_view("1.2.3.4\0x", 9)));
}

TEST(IpNetwork, KnowsWhetherBitsAreSetAfterThePrefix) {
  EXPECT_TRUE(IpNetwork::parse("10.0.0.0/8")->is_aligned());
  EXPECT_FALSE(IpNetwork::parse("10.0.0.1/8")->is_aligned());
  EXPECT_EQ(IpNetwork::parse("10.0.0.1/8")->to_string(), "10.0.0.0/8");
  EXPECT_EQ(IpNetwork::parse("2001:db8::5/32")->to_string(), "2001:db8::/32");
  EXPECT_EQ(IpNetwork::parse("::/0")->to_string(), "::/0");
}

}  // namespace
}  // namespace winnow
