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

TEST(TextLinks, EndWhereTheirHostDoes) {
  for (const std::string behind :
       {"\u00A0x", "\u2003", ";x", ",http://b.example.com", "'", "'x", "&x", "\u2026", "\u201D", "\u00BB", "\u2014x",
        "\u8BF7\u770B", "\u0447", "\U0001F449", ".\u8BF7", ":80\u8BF7"}) {
    const std::vector<Link> links = links_in("see http://www.shop.com" + behind);
    ASSERT_FALSE(links.empty()) << behind;
    EXPECT_EQ(links[0].host, "www.shop.com") << behind;
  }
  EXPECT_EQ(links_in("\u201Chttp://192.0.2.1,\u201D")[0].host, "192.0.2.1");
}

TEST(TextLinks, MayHoldLettersOfAnyScript) {
  EXPECT_EQ(links_in("http://www.b\u00FCcher.com/gr\u00FC\u00DFe \u00FC")[0].url,
            "http://www.b\u00FCcher.com/gr\u00FC\u00DFe");
  EXPECT_EQ(links_in("http://www.b\u00FCcher.com/")[0].host, "www.xn--bcher-kva.com");
  EXPECT_EQ(links_in("http://\u4F8B\u3048.com")[0].host, "xn--r8jz45g.com");
  EXPECT_EQ(links_in("http://shop.com/\u8BF7")[0].path(), "/\u8BF7");
}

TEST(TextLinks, EndByTheirOwnHostAlone) {
  EXPECT_EQ(links_in("www.shop.com/?to=http://www.bank.com,x")[0].path(), "/?to=http://www.bank.com,x");
}

TEST(TextLinks, MayHaveAUserInFrontOfTheHost) {
  EXPECT_EQ(links_in("http://www.bank.com;x@shop.com/")[0].host, "shop.com");
}

TEST(BareLinks, AreThoseThatNoAnchorIsWrittenFor) {
  Link anchor;
  anchor.url = "https://track.example.com/1";
  anchor.text = "www.shop.com";
  complete_link(anchor);
  const std::vector<Link> anchors = {anchor};
  EXPECT_THAT(bare_links("see www.shop.com", anchors, 0), IsEmpty());
  EXPECT_THAT(bare_links("see http://track.example.com/2", anchors, 0), IsEmpty());
  const std::vector<Link> bare =
      bare_links("see http://evil.com/x or http://evil.com/y, www.shop.com www.shop.com", anchors, 0);
  ASSERT_THAT(bare, SizeIs(2));
  EXPECT_EQ(bare[0].url, "http://evil.com/x");
  EXPECT_EQ(bare[1].host, "www.shop.com");
  EXPECT_TRUE(bare[0].from_html);
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

TEST(Host, MayHoldWhatBrowsersLookUp) {
  for (const char c : std::string_view("!$&'()*+,~{}"))
    EXPECT_EQ(ascii_host(std::string("a") + c + "b.Shop.com"), std::string("a") + c + "b.shop.com");
  for (const char c : std::string_view("#/<>?@\\^|% \x7F"))
    EXPECT_EQ(ascii_host(std::string("a") + c + "b.shop.com"), "") << c;
  EXPECT_EQ(ascii_host("{{host}}"), "");
  EXPECT_EQ(ascii_host("shop.com,"), "");
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
