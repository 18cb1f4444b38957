// links_test.cpp - URLs in text and in anchors.
#include "engine/message/links.h"

#include <gmock/gmock.h>

namespace winnow {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<Link> links_in(std::string_view text) {
  std::vector<Link> links;
  find_links(text, 100, links);
  return links;
}

TEST(TextLinks, AreFoundWithoutTheSentenceAroundThem) {
  const struct {
    const char* text;
    const char* url;
  } cases[] = {
      {"see https://a.example/x.", "https://a.example/x"},
      {"(http://a.example/x_(y))", "http://a.example/x_(y)"},
      {"<https://a.example/x?y=1&z=2>", "https://a.example/x?y=1&z=2"},
      {"go to www.shop.example, now", "http://www.shop.example"},
      {"HTTPS://A.example/b!", "HTTPS://A.example/b"},
      {"请看https://a.example/x。谢谢", "https://a.example/x"},
      {"ftp://files.example/pub", "ftp://files.example/pub"},
  };
  for (const auto& c : cases) {
    const std::vector<Link> links = links_in(c.text);
    ASSERT_THAT(links, SizeIs(1)) << c.text;
    EXPECT_EQ(links[0].url, c.url) << c.text;
  }
}

TEST(TextLinks, AreNotSeenInOrdinaryWords) {
  EXPECT_THAT(links_in("a: b, c://d, wwwx, x@y.example, http:/, http://, www., awww.b.example"), IsEmpty());
}

TEST(TextLinks, StopAtTheLimit) {
  std::vector<Link> links;
  EXPECT_FALSE(find_links("http://a.example http://b.example http://c.example", 2, links));
  EXPECT_THAT(links, SizeIs(2));
}

TEST(TextLinks, AreSoughtInLinearTime) {  // reading on at each mark of a URL would run into ctest's limit
  std::string text;
  for (int i = 0; i < (16 << 20); ++i) text += "a://";
  std::vector<Link> links;
  EXPECT_TRUE(find_links(text, 10, links));
  EXPECT_THAT(links, IsEmpty());
}

TEST(Url, IsTakenApartAsBrowsersDo) {
  const UrlParts parts = split_url("HTTP:\\\\user:pw@Www.Shop.Example.:8080/path?q#f");
  EXPECT_EQ(parts.scheme, "http");
  EXPECT_EQ(parts.host, "www.shop.example");
  EXPECT_EQ(parts.port, "8080");
  EXPECT_EQ(parts.path, "/path?q#f");
  EXPECT_TRUE(parts.has_user);
}

TEST(Url, WithoutAHostGivesNone) {
  for (const char* url :
       {"mailto:a@b.example", "javascript:x", "http:", "http://", "", "://x", "tel:123", "http://a b/"}) {
    EXPECT_EQ(split_url(url).host, "") << url;
  }
}

TEST(Url, StartsFromTheBaseOfItsPage) {
  const struct {
    const char* url;
    const char* base;
    const char* resolved;
  } cases[] = {
      {"x", "https://a.example/b/c?d/e#f/g", "https://a.example/b/x"},
      {"x", "https://a.example", "https://a.example/x"},
      {"x", "https://a.example?b/c", "https://a.example/x"},
      {"/x", "https://a.example:8080/b/c", "https://a.example:8080/x"},
      {"\\x", "https://a.example/b/c", "https://a.example\\x"},
      {"?x:y", "https://a.example/b/c?d", "https://a.example/b/c?x:y"},
      {"//c.example/x", "https://a.example/", "https://c.example/x"},
      {"\\/c.example/x", "", "http:\\/c.example/x"},
      {"x/y:z", "https://a.example/", "https://a.example/x/y:z"},
      {"tel:1", "https://a.example/", "tel:1"},
      {"https:x", "https://a.example/b/", "https://a.example/b/x"},
      {"https:https:x", "https://a.example/", "https://a.example/https:x"},
      {"https:/x", "https://a.example/", "https:/x"},
      {"https:", "https://a.example/b?c#d", "https://a.example/b?c"},
      {"http:x", "https://a.example/", "http:x"},
      {"1:x", "https://a.example/", "https://a.example/1:x"},
      {"#x", "https://a.example/b?c#d", "https://a.example/b?c#x"},
      {"x", "", "x"},
      {"", "https://a.example/", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(resolved_url(c.url, c.base), c.resolved) << c.url << ' ' << c.base;
}

TEST(Host, ComesInAsciiForm) {
  EXPECT_EQ(ascii_host("B\xC3\xBC"
                       "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(ascii_host("%65xample.com"), "example.com");
  EXPECT_EQ(ascii_host("a<b"), "");
}

TEST(Host, IsToldFromAnAddress) {
  EXPECT_TRUE(is_ip_address("192.0.2.1"));
  EXPECT_TRUE(is_ip_address("[2001:db8::1]"));
  EXPECT_TRUE(is_ip_address("3221225985"));
  EXPECT_TRUE(is_ip_address("0xC0000201"));
  EXPECT_FALSE(is_ip_address("1and1.example"));
  EXPECT_FALSE(is_ip_address("163.com"));
}

TEST(Host, HasItsRegistrableDomain) {
  EXPECT_EQ(registrable_domain("a.b.co.uk"), "b.co.uk");
  EXPECT_EQ(registrable_domain("b.co.uk"), "b.co.uk");
  EXPECT_EQ(registrable_domain("WWW.Example.COM"), "example.com");
  EXPECT_EQ(registrable_domain("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(registrable_domain("localhost"), "localhost");
}

TEST(VisibleText, NamesADomainWithOrWithoutAScheme) {
  EXPECT_EQ(domain_named_in("https://www.bank.com/login"), "bank.com");
  EXPECT_EQ(domain_named_in("log in at www.bank.com now"), "bank.com");
  EXPECT_EQ(domain_named_in("bank.com"), "bank.com");
  EXPECT_EQ(domain_named_in("click here"), "");
  EXPECT_EQ(domain_named_in("write to me@bank.com"), "");
  EXPECT_EQ(domain_named_in("version 1.2.3"), "");
}

TEST(Link, IsCompletedFromItsUrlAndText) {
  Link link;
  link.url = "https://login.other.com/x";
  link.text = "  www.bank.com ";
  complete_link(link);
  EXPECT_EQ(link.host, "login.other.com");
  EXPECT_EQ(link.domain, "other.com");
  EXPECT_EQ(link.text, "www.bank.com");
  EXPECT_EQ(link.text_domain, "bank.com");
  EXPECT_EQ(link.path(), "/x");
  EXPECT_FALSE(link.has_user || link.has_odd_port);
}

TEST(Link, TellsWhatIsOddAboutItsUrl) {
  Link link;
  link.url = " http://bank@other.example:8080?a=1#b ";
  complete_link(link);
  EXPECT_TRUE(link.has_user);
  EXPECT_TRUE(link.has_odd_port);
  EXPECT_EQ(link.path(), "?a=1#b");
  link.url = "mailto:ann@shop.example";
  complete_link(link);
  EXPECT_FALSE(link.has_user || link.has_odd_port);
  EXPECT_EQ(link.path(), "");
}

}  // namespace
}  // namespace winnow
