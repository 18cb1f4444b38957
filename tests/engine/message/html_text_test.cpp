// html_text_test.cpp - what a reader of HTML sees and does not see.
#include "engine/message/html_text.h"

#include <gmock/gmock.h>

#include "engine/message/html_entities.h"
#include "engine/message/html_style.h"

namespace winnow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

HtmlText read(std::string_view html) { return read_html(html, {}); }

TEST(VisibleHtml, BreaksLinesAtBlocksAndJoinsWhiteSpace) {
  EXPECT_EQ(read("<p>one\n  two</p><div>three</div>four<br>five").visible, "one two\nthree\nfour\nfive");
  EXPECT_EQ(read("<td>a</td><td>b</td>").visible, "a b");
  EXPECT_EQ(read("a<b>b</b>c").visible, "abc");
}

TEST(VisibleHtml, LeavesOutScriptsStylesHeadAndComments) {
  const HtmlText result = read(
      "<head><title>The title</title><style>p{color:red}</style></head><body><script>var "
      "x='<p>no</p>';</script>"
      "<!-- not this --><!--[if mso]><p>nor this</p><![endif]-->yes</body>");
  EXPECT_EQ(result.visible, "yes\n");
  EXPECT_EQ(result.title, "The title");
  EXPECT_EQ(result.shape.scripts, 1U);
  EXPECT_EQ(result.shape.styles, 1U);
}

TEST(VisibleHtml, ResolvesReferences) {
  EXPECT_EQ(unescape_html("&lt;&amp;&nbsp;&euro;&#8364;&#x20AC;&#128;&apos;"), "<&\u00A0€€€€'");
  EXPECT_EQ(unescape_html("AT&T &unknown; &#; &#xZZ; &"), "AT&T &unknown; &#; &#xZZ; &");
  EXPECT_EQ(unescape_html("/?a=1&copy=2&amp;b=3"), "/?a=1&copy=2&b=3");
  EXPECT_EQ(unescape_html("&#0;&#xD800;&#99999999;"), "&#0;\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(HiddenHtml, IsKeptApart) {
  for (const char* style :
       {"display:none", "DISPLAY : NONE", "visibility:hidden", "font-size:0", "font-size:1px", "opacity:0",
        "max-height:0;overflow:hidden", "width:0px;height:0px;overflow:hidden", "color:#ffffff",
        "color:white", "color:rgb(254,255,255)", "mso-hide:all", "text-indent:-9999px",
        "position:absolute;left:-5000px", "background:#000;color:#010101", "color:transparent"}) {
    const HtmlText result =
        read(std::string("<p>seen</p><div style=\"") + style + "\">unseen <b>too</b></div><p>after</p>");
    EXPECT_EQ(result.visible, "seen\nafter\n") << style;
    EXPECT_EQ(result.hidden, "unseen too") << style;
    EXPECT_EQ(result.shape.hidden_text_bytes, 10U) << style;
  }
}

TEST(HiddenHtml, IsNotSeenInOrdinaryStyles) {
  for (const char* style : {"display:block", "font-size:12px", "font-size:.8em", "opacity:.9",
                            "max-height:0.5em", "color:#333", "background:#000;color:#fff",
                            "background-image:url(x.png);color:#fff", "height:0", "color:inherit"}) {
    const HtmlText result = read(std::string("<div style=\"") + style + "\">text</div>");
    EXPECT_THAT(result.visible, HasSubstr("text")) << style;
    EXPECT_THAT(result.hidden, IsEmpty()) << style;
  }
}

TEST(HiddenHtml, KnowsTheOldAttributes) {
  EXPECT_EQ(read("<font color=white>unseen</font>").hidden, "unseen");
  EXPECT_EQ(read("<table bgcolor=#000000><tr><td><font color=\"#000000\">unseen</font>").hidden, "unseen");
  EXPECT_EQ(read("<table bgcolor=#000000><tr><td><font color=\"#ffffff\">seen</font>").hidden, "");
  EXPECT_EQ(read("<p hidden>unseen</p>").hidden, "unseen");
}

TEST(HiddenHtml, EndsWithItsElementAlsoWithoutAnEndTag) {
  EXPECT_EQ(read("<p style='display:none'>no<p>yes").visible, "yes");
  EXPECT_EQ(read("<ul><li hidden>no<li>yes</ul>").visible, "yes\n");
  EXPECT_EQ(read("<div style='display:none'><span>no</div>yes").visible, "yes");
}

TEST(HiddenHtml, DoesNotGuessWhatAStyleSheetPaints) {
  EXPECT_THAT(
      read("<style>.a{background:#000}</style><div class=a><span style='color:#fff'>seen</span></div>")
          .hidden,
      IsEmpty());
}

TEST(SplitWords, AreCountedAndJoined) {
  const HtmlText result = read("ch<!-- x -->eap pi<b></b>lls a<i>b</i>c <!-- y -->word");
  EXPECT_EQ(result.visible, "cheap pills abc word");
  EXPECT_EQ(result.shape.comments_in_words, 2U);
}

TEST(HtmlLinks, HaveTheirTextAndTarget) {
  const HtmlText result = read(
      "<a href='https://evil.com/x&amp;y'>Log in at <b>www.bank.com</b></a> <a href='#top'>up</a><a "
      "name=x>no</a>");
  ASSERT_THAT(result.links, SizeIs(1));
  EXPECT_EQ(result.links[0].url, "https://evil.com/x&y");
  EXPECT_EQ(result.links[0].text, "Log in at www.bank.com");
  EXPECT_EQ(result.links[0].domain, "evil.com");
  EXPECT_EQ(result.links[0].text_domain, "bank.com");
}

TEST(HtmlLinks, LoseLineEndsAndTabsAsInBrowsers) {
  EXPECT_EQ(read("<a href=\" ht\ntps://a.exa\tmple/ \">x</a>").links.at(0).host, "a.example");
}

TEST(HtmlImages, AreCounted) {
  const HtmlText result = read(
      "<img src='https://a.example/big.png'><img src=\"http://b.example/p.gif\" width=1 height='1'><img "
      "src='cid:x'>"
      "<form action='https://c.example/f'></form>");
  EXPECT_EQ(result.shape.images, 3U);
  EXPECT_EQ(result.shape.remote_images, 2U);
  EXPECT_EQ(result.shape.tiny_images, 1U);
  EXPECT_EQ(result.shape.forms, 1U);
  ASSERT_THAT(result.links, SizeIs(3));
  EXPECT_TRUE(result.links[0].is_image);
  EXPECT_FALSE(result.links[2].is_image);
}

TEST(HtmlLimits, CutTextAndLinks) {
  HtmlLimits limits;
  limits.max_text_bytes = 20;
  limits.max_links = 1;
  const HtmlText result = read_html(
      "<a href='http://a.example'>one</a><a href='http://b.example'>two</a> and many more words", limits);
  EXPECT_LE(result.visible.size(), 20U);
  EXPECT_THAT(result.links, SizeIs(1));
  EXPECT_TRUE(result.cut);
}

TEST(Colors, AreRead) {
  EXPECT_EQ(parse_color("#FfFfFf"), 0xFFFFFFU);
  EXPECT_EQ(parse_color("#abc"), 0xAABBCCU);
  EXPECT_EQ(parse_color(" rgb( 1 , 2.5 , 300)"), 0x0102FFU);
  EXPECT_EQ(parse_color("white !important"), 0xFFFFFFU);
  EXPECT_EQ(parse_color("whiteness"), std::nullopt);
  EXPECT_EQ(parse_color("#12"), std::nullopt);
  EXPECT_EQ(parse_color(""), std::nullopt);
}

}  // namespace
}  // namespace winnow
