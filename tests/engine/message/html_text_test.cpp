// html_text_test.cpp - what a reader of HTML sees and does not see.
#include "engine/message/html_text.h"

#include <gmock/gmock.h>

#include <algorithm>

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

TEST(VisibleHtml, GoesOnWhereBrowsersEndAComment) {
  for (const char* comment : {"<!-->", "<!--->", "<!---->", "<!--x-->", "<!--x--!>", "<!----!>", "<!-- a -- b --- -->",
                              "<!-- a --! b -->", "<!-- > --->", "<!--!-->"}) {
    EXPECT_EQ(read(std::string("one ") + comment + "two<!-- three -->").visible, "one two") << comment;
  }
  EXPECT_EQ(read("one<!-- --! > -- > two").visible, "one");
}

TEST(VisibleHtml, ResolvesReferences) {
  EXPECT_EQ(unescape_html("&lt;&amp;&nbsp;&euro;&#8364;&#x20AC;&#128;&apos;"), "<&\u00A0€€€€'");
  EXPECT_EQ(unescape_html("AT&T &unknown; &#; &#xZZ; &"), "AT&T &unknown; &#; &#xZZ; &");
  EXPECT_EQ(unescape_html("/?a=1&copy=2&amp;b=3"), "/?a=1&copy=2&b=3");
  EXPECT_EQ(unescape_html("&#0;&#xD800;&#99999999;"), "&#0;\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(VisibleHtml, ResolvesNumbersAsBrowsersDo) {
  EXPECT_EQ(unescape_html("&#0000065;&#x0041;&#X000000000000041;&#00000000000000000065"), "AAAA");
  EXPECT_EQ(unescape_html("&#118iagra &#x76;iagra &#118=1 &#x76ulgar"), "viagra viagra v=1 vulgar");
  EXPECT_EQ(unescape_html("&#99999999999999999999999999;&#x110000;&#x;&#a"), "\uFFFD\uFFFD&#x;&#a");
  EXPECT_TRUE(unescape_html("&#" + std::string(100000, '0') + "65;") == "A");
}

TEST(VisibleHtml, ResolvesNamesThatSpamIsWrittenIn) {
  EXPECT_EQ(unescape_html("a&NewLine;b&Tab;c&nbsp;d&NonBreakingSpace;e"), "a\nb\tc\u00A0d\u00A0e");
  EXPECT_EQ(unescape_html("&zwnj;&zwj;&shy;&ZeroWidthSpace;&NoBreak;"), "\u200C\u200D\u00AD\u200B\u2060");
  EXPECT_EQ(unescape_html("v&ic;i&NegativeThinSpace;a&lsqb;"), "v\u2063i\u200Ba[");
  EXPECT_EQ(unescape_html("https&colon;&sol;&sol;a&period;example&quest;b&equals;c&commat;d"),
            "https://a.example?b=c@d");
  // Without a semicolon these names are no references.
  EXPECT_EQ(unescape_html("/?a=1&num&Tab=2&colonel;"), "/?a=1&num&Tab=2&colonel;");
}

TEST(HiddenHtml, IsKeptApart) {
  for (const char* style : {"display:none", "DISPLAY : NONE", "visibility:hidden", "font-size:0", "font-size:1px",
                            "opacity:0", "max-height:0;overflow:hidden", "width:0px;height:0px;overflow:hidden",
                            "color:#ffffff", "color:white", "color:rgb(254,255,255)", "text-indent:-9999px",
                            "position:absolute;left:-5000px", "background:#000;color:#010101", "color:transparent"}) {
    const HtmlText result =
        read(std::string("<p>seen</p><div style=\"") + style + "\">unseen <b>too</b></div><p>after</p>");
    EXPECT_EQ(result.visible, "seen\nafter\n") << style;
    EXPECT_EQ(result.hidden, "unseen too") << style;
    EXPECT_EQ(result.shape.hidden_text_bytes, 10U) << style;
  }
}

TEST(HiddenHtml, IsNotSeenInOrdinaryStyles) {
  for (const char* style :
       {"display:block", "font-size:12px", "font-size:.8em", "opacity:.9", "max-height:0.5em", "color:#333",
        "background:#000;color:#fff", "background-image:url(x.png);color:#fff", "height:0", "color:inherit"}) {
    const HtmlText result = read(std::string("<div style=\"") + style + "\">text</div>");
    EXPECT_THAT(result.visible, HasSubstr("text")) << style;
    EXPECT_THAT(result.hidden, IsEmpty()) << style;
  }
}

TEST(HiddenHtml, GoesByTheDeclarationThatCounts) {
  for (const char* style :
       {"display:none;display:block", "display:none;display:-webkit-box", "display:none;display:inline flex",
        "font-size:0;font-size:calc(1em + 2px)", "font-size:0;font-size:medium", "visibility:hidden;visibility:visible",
        "font-size:0;font-size:14px", "opacity:0;opacity:1", "display:block !important;display:none",
        "text-indent:-9999px;text-indent:0", "position:absolute;left:-9999px;left:0",
        "background:#fff!important;background:#000;color:#000", "color:#fff;color:#333",
        "display:none;mso-hide:all;display:block", "mso-hide:all",
        "background:url(x.png);background-color:#fff;color:#fff"}) {
    EXPECT_EQ(read(std::string("<p style='") + style + "'>seen</p>").visible, "seen\n") << style;
  }
  for (const char* style : {"display:block;display:none",
                            "display:none ! important;display:block",
                            "display:none!IMPORTANT; display:inline",
                            "display:block!important;display:none!important",
                            "font-size:14px;font-size:0",
                            "color:#333;color:#fff",
                            "background:url(x.png);background:#fff;color:#fff",
                            "display:none;display:",
                            "display:none;display:x",
                            "display:none/*;display:block*/",
                            "color:#fff;color:x",
                            "display:none;font-family:\"a;display:block;b\"",
                            "background:x;color:#fff",
                            "color:#fff/**/",
                            "display:none;display:blockx",
                            "display:none;display:12px",
                            "color:#fff;color:small",
                            "font-size:0;font-size:1x",
                            "overflow:hidden;height:0;overflow:x",
                            "position:absolute;left:-9999px;position:x",
                            "opacity:0;opacity:auto",
                            "font-size:0;font-size:x",
                            "visibility:hidden;visibility:x",
                            "color:#fff;color:#12"}) {
    EXPECT_EQ(read(std::string("<p style='") + style + "'>unseen</p>").hidden, "unseen") << style;
  }
  EXPECT_EQ(read("<p hidden style='display:block'>seen</p>").visible, "seen\n");
  EXPECT_EQ(read("<p hidden style='display:x'>unseen</p>").hidden, "unseen");
}

TEST(HiddenHtml, KnowsTheOldAttributes) {
  EXPECT_EQ(read("<font color=white>unseen</font>").hidden, "unseen");
  EXPECT_EQ(read("<table bgcolor=#000000><tr><td><font color=\"#000000\">unseen</font>").hidden, "unseen");
  EXPECT_EQ(read("<table bgcolor=#000000><tr><td><font color=\"#ffffff\">seen</font>").hidden, "");
  EXPECT_EQ(read("<p hidden>unseen</p>").hidden, "unseen");
}

TEST(HiddenHtml, IsToldTagByTagWhereTheyShareAStyle) {
  const std::string style = " style='color: #fff'";
  EXPECT_EQ(read("<p" + style + ">no</p><p bgcolor=black" + style + ">yes</p><p hidden" + style + ">no").visible,
            "yes\n");
  EXPECT_EQ(
      read("<p hidden style='display: block'>yes</p><b style='display: block'>yes</b><p hidden style=''>no").visible,
      "yes\nyes");
}

TEST(HiddenHtml, IsToldAmongAnyNumberOfStyles) {
  std::string html, wanted;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i);
    html +=
        "<p style='left: " + number + "px'>" + number + "</p><p style='display: none; left: " + number + "px'>no</p>";
    wanted += number + "\n";
  }
  EXPECT_EQ(read(html).visible, wanted);
}

TEST(HiddenHtml, EndsWithItsElementAlsoWithoutAnEndTag) {
  EXPECT_EQ(read("<p style='display:none'>no<p>yes").visible, "yes");
  EXPECT_EQ(read("<ul><li hidden>no<li>yes</ul>").visible, "yes\n");
  EXPECT_EQ(read("<div style='display:none'><span>no</div>yes").visible, "yes");
}

TEST(HiddenHtml, DoesNotGuessWhatAStyleSheetPaints) {
  EXPECT_THAT(read("<style>.a{background:#000}</style><div class=a><span style='color:#fff'>seen</span></div>").hidden,
              IsEmpty());
}

TEST(HiddenHtml, IsNotGuessedWhereTheBackgroundCannotBeRead) {
  for (const char* background :
       {"background:var(--dark)", "background:-webkit-linear-gradient(top,#000,#333)", "background-color:windowtext",
        "background-color:midnightblue", "background:hsl(240,100%,20%)", "background:#00000080",
        "background:rgba(0,0,0,.5)", "background:#fff url(dark.png)", "background-image:linear-gradient(#000,#111)",
        "background-image:var(--picture);background-color:#fff"}) {
    const HtmlText result = read(std::string("<div style='") + background + "'><b style='color:#fff'>seen</b></div>");
    EXPECT_EQ(result.visible, "seen\n") << background;
    EXPECT_EQ(result.hidden, "") << background;
  }
  EXPECT_EQ(read("<table><tr><td bgcolor=midnightblue><font color=white>seen</font>").hidden, "");
  EXPECT_EQ(read("<table><tr><td bgcolor=white background=dark.png><font color=white>seen</font>").hidden, "");
}

TEST(HiddenHtml, IsNotGuessedWhereTheColourOfTheTextCannotBeRead) {
  for (const char* color :
       {"var(--light)", "papayawhip", "windowtext", "hsl(0,0%,90%)", "rgba(0,0,0,.5)", "#00000080"}) {
    const HtmlText result =
        read(std::string("<div style='background:#000;color:#000'><b style='color:") + color + "'>seen</b></div>");
    EXPECT_EQ(result.visible, "seen\n") << color;
  }
}

TEST(HiddenHtml, LiesOnTheBackgroundOfTheParentWhereItsOwnIsClear) {
  for (const char* background : {"background:transparent", "background-color:rgba(0, 0, 0, 0)", "background:none",
                                 "background:#ffffff00", "background:#0000", "background:transparent none repeat 0 0",
                                 "background-color:inherit", "background-image:none"}) {
    const std::string in_it = std::string("<div style='") + background + "'><b style='color:#fff'>text</b></div>";
    EXPECT_EQ(read(in_it).hidden, "text") << background;
    EXPECT_EQ(read("<div style='background:#000'>" + in_it + "</div>").visible, "text\n") << background;
  }
}

TEST(HiddenHtml, IsFoundInEachWayToWriteAColour) {
  for (const char* style :
       {"color:#ffff", "color:#ffffffff", "color:rgba(255,255,255,1)", "color:rgb(255 255 255 / 100%)",
        "color:rgb(100%,100%,100%)", "background:none #000 0 0;color:#000",
        "background:no-repeat center/cover #000;color:#000", "color:rgba(9,9,9,0)"}) {
    EXPECT_EQ(read(std::string("<div style='") + style + "'>unseen</div>").hidden, "unseen") << style;
  }
  EXPECT_EQ(read("<p style='color:transparent'>un<b style='color:#000'>seen</b>").visible, "seen");
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

TEST(HtmlLinks, LoseControlCharactersAroundThemAsInBrowsers) {
  for (const char* url : {"\x01 \x1Fhttps://a.example/\x02", "&#1;&#32;https://a.example/&#31;",
                          "\t\x0Bhttps://a.example/ ", "ht&Tab;tps&colon;//a.ex&NewLine;ample/"}) {
    const HtmlText result = read(std::string("<a href='") + url + "'>x</a><img src='" + url + "'>");
    ASSERT_THAT(result.links, SizeIs(2)) << url;
    EXPECT_EQ(result.links[0].url, "https://a.example/") << url;
    EXPECT_EQ(result.links[1].url, "https://a.example/") << url;
  }
  EXPECT_THAT(read("<a href='\x01'>x</a><a href=' \n#top'>x</a>").links, IsEmpty());
}

TEST(HtmlLinks, AreFoundBehindAnyNumberOfAttributes) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += " a" + std::to_string(i) + "=b";
  const HtmlText result = read("<a" + many + " HREF='https://a.example/' href='https://b.example/'>x</a><p" + many +
                               " style='display:none'>unseen</p>");
  ASSERT_THAT(result.links, SizeIs(1));
  EXPECT_EQ(result.links[0].host, "a.example");
  EXPECT_EQ(result.hidden, "unseen");
}

TEST(HtmlLinks, StartFromTheFirstBase) {
  const HtmlText result = read(
      "<base target=_top><base href=' https://a.example/dir/page?q'><base href='https://b.example/'>"
      "<a href='x?y'>1</a><a href='/z'>2</a><a href='//c.example/'>3</a><a href='mailto:d@e.example'>4</a>"
      "<a href='https://f.example/'>5</a><img src='pixel.gif'>");
  ASSERT_THAT(result.links, SizeIs(6));
  EXPECT_EQ(result.links[0].url, "https://a.example/dir/x?y");
  EXPECT_EQ(result.links[0].domain, "a.example");
  EXPECT_EQ(result.links[1].url, "https://a.example/z");
  EXPECT_EQ(result.links[2].url, "https://c.example/");
  EXPECT_EQ(result.links[3].url, "mailto:d@e.example");
  EXPECT_EQ(result.links[4].url, "https://f.example/");
  EXPECT_EQ(result.links[5].url, "https://a.example/dir/pixel.gif");
  EXPECT_EQ(result.shape.remote_images, 1U);
  EXPECT_EQ(read("<base href='data:x,y'><a href='x'>1</a>").links.at(0).url, "x");
  EXPECT_EQ(read("<base href='cid:x'><base href='https://b.example'><a href='x'>1</a>").links.at(0).host, "");
}

TEST(HtmlLinks, ToThePageItselfLeadToItsBase) {
  for (const char* href : {"#", "#top", "", " "}) {
    const std::string link = std::string("<a href='") + href + "'>1</a>";
    EXPECT_THAT(read(link).links, SizeIs(0)) << href;
    EXPECT_EQ(read("<base href='https://b.example/'>" + link).links.at(0).host, "b.example") << href;
  }
  EXPECT_THAT(read("<base href='https://b.example/'><a name=top>1</a>").links, SizeIs(0));
}

TEST(HtmlLinks, ThatShowNothingGiveWayToOthersInAFullList) {
  std::string html;
  for (int i = 0; i < 200; ++i)
    html += "<a href='https://a.example/" + std::to_string(i) + (i % 2 == 0 ? "'> </a>" : "'>&nbsp;&#8203;</a>");
  html += "<a href='https://b.example/'><img src='cid:x'></a><a href='https://c.example/'>click</a>";
  HtmlLimits limits;
  limits.max_links = 100;
  const HtmlText result = read_html(html, limits);
  EXPECT_THAT(result.links, SizeIs(100));
  EXPECT_TRUE(result.cut);
  const auto holds = [&](std::string_view host) {
    return std::any_of(result.links.begin(), result.links.end(), [&](const Link& link) { return link.host == host; });
  };
  EXPECT_TRUE(holds("a.example"));
  EXPECT_TRUE(holds("b.example"));
  EXPECT_TRUE(holds("c.example"));
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
  const HtmlText result =
      read_html("<a href='http://a.example'>one</a><a href='http://b.example'>two</a> and many more words", limits);
  EXPECT_LE(result.visible.size(), 20U);
  EXPECT_THAT(result.links, SizeIs(1));
  EXPECT_TRUE(result.cut);
}

TEST(Colors, AreRead) {
  const auto color = [](std::string_view text) {
    const Paint paint = read_paint(text);
    return paint.kind == PaintKind::Solid ? std::optional<Color>(paint.color) : std::nullopt;
  };
  EXPECT_EQ(color("#FfFfFf"), 0xFFFFFFU);
  EXPECT_EQ(color("#abc"), 0xAABBCCU);
  EXPECT_EQ(color(" rgb( 1 , 2.5 , 300)"), 0x0102FFU);
  EXPECT_EQ(color("white !important"), 0xFFFFFFU);
  EXPECT_EQ(color("RebeccaPurple"), 0x663399U);
  EXPECT_EQ(color("whiteness"), std::nullopt);
  EXPECT_EQ(color("#12"), std::nullopt);
  EXPECT_EQ(color(""), std::nullopt);
}

}  // namespace
}  // namespace winnow
