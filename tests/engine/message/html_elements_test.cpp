// html_elements_test.cpp - what is open where: ends that are left out, ends that are out of place, and names in pictures.
#include "engine/message/html_elements.h"

#include <gmock/gmock.h>

#include <string>

#include "engine/message/html_text.h"

namespace winnow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

HtmlText read(std::string_view html) { return read_html(html, {}); }

void expect_seen(const std::string& html) {
  const HtmlText result = read(html);
  EXPECT_THAT(result.visible, HasSubstr("seen")) << html;
  EXPECT_THAT(result.hidden, testing::Not(HasSubstr("seen"))) << html;
}

void expect_hidden(const std::string& html) {
  const HtmlText result = read(html);
  EXPECT_THAT(result.visible, testing::Not(HasSubstr("unseen"))) << html;
  EXPECT_THAT(result.hidden, HasSubstr("unseen")) << html;
}

TEST(HtmlHead, EndsWhereTextBegins) {
  for (const char* html :
       {"<html><head><p>seen</p></html>", "<body>x<head><p>seen</p></body>", "<head><title>x</title>seen",
        "<head><style>p{}</style><div>seen</div></head>", "<head><noscript>seen</noscript>", "<head hidden><b>seen"}) {
    expect_seen(html);
  }
}

TEST(HtmlPage, HasOneBodyThatGoesOnToItsEnd) {
  EXPECT_EQ(read("<body>ch<body>eap</body></html>er").visible, "cheaper\n");
  expect_hidden("<body hidden>x</body></html>unseen");
}

TEST(ImpliedEnds, AreThoseOfBrowsers) {
  for (const char* html : {
           "<p hidden>x<h4>seen</h4>",
           "<p hidden>x<section>seen</section>",
           "<p hidden><span>x<center>seen</center>",
           "<p hidden>x<pre>seen</pre>",
           "<p hidden>x<hr>seen",
           "<p hidden>x<li>seen",
           "<ul><li hidden><div>x<li>seen</ul>",
           "<dl><dt hidden>x<dd>seen</dl>",
           "<h1 hidden>x<h2>seen</h2>",
           "<h1 hidden>x</h2>seen",
           "<select><option hidden>x<option>seen</select>",
           "<a hidden>x<a>seen</a>",
           "<button hidden>x<button>seen</button>",
           "<a hidden>x<div><a>y</a>seen</div>",
           "<table><tr><th hidden>x<td>seen</table>",
           "<table><tr><td hidden><div>x<td>seen</table>",
           "<table><tr hidden><td><div>x<tr><td>seen</table>",
           "<table><thead hidden><tr><td>x<tbody><tr><td>seen</table>",
           "<table><caption hidden>x<tr><td>seen</table>",
           "<table hidden><table><tr><td>seen</table>",
       }) {
    expect_seen(html);
  }
}

TEST(ImpliedEnds, DoNotReachOutOfACell) {
  expect_hidden("<p hidden><object><p>x</object>unseen");
  expect_hidden("<ul><li hidden><ul><li>unseen</ul></ul>");
  expect_hidden("<table hidden><tr><td><table><tr><td>x</table>unseen");
  expect_hidden("<table><tr><td hidden><table><tr><td>x<td>y</table>unseen</table>");
}

TEST(EndTags, ReachAnyDepth) {
  std::string spans;
  for (int i = 0; i < 200; ++i) spans += "<span>";
  expect_seen("<div hidden>" + spans + "</div>seen");
}

TEST(EndTags, OfElementsInALineDoNotEndBlocks) {
  expect_hidden("<span><div hidden></span>unseen</div>");
  expect_hidden("<span hidden><div></span>unseen</div>");
  expect_hidden("<div hidden><table><tr><td></div>unseen</table></div>");
}

TEST(EndTags, OfFormattingEndItAlsoWithinABlock) {
  expect_seen("<font color=white><div></font>seen</div>");
  expect_hidden("<b><div hidden></b>unseen</div>");
}

TEST(Formatting, GoesOnBehindTheBlockItWasOpenedIn) {
  expect_hidden("<p><font style='display:none'></p>unseen</font>");
  expect_hidden("<b><font color=white></b>unseen</font>");
  expect_hidden("<div><i style='display:none'></div><div>unseen</div></i>");
  expect_seen("<p><font color=white></p></font>seen");
  expect_seen("<table><tr><td><font color=white>x<td>seen</table>");
  expect_seen("<p><font color=white></p><table><tr><td>seen</table>");
  expect_seen("<table><tr><td><p><font color=white></p><td>x</table><p><b></p><table><tr><td>seen</table>");
}

TEST(Tables, ShowBeforeThemWhatStandsOutsideOfTheirCells) {
  expect_seen("<table hidden>seen<tr><td>x</table>");
  expect_seen("<table hidden><tr><div>seen</div><td>x</table>");
  expect_hidden("<div hidden><table>unseen<tr><td>x</table></div>");
}

TEST(Tables, AreNeededForTheirParts) {
  expect_seen("<td hidden>seen</td>");
  expect_seen("<tr style='display:none'>seen</tr>");
}

TEST(Pictures, HoldNoRawText) {
  for (const char* html : {"<svg><style><p>seen", "<svg><title></svg><p>seen", "<svg><script></svg><p>seen",
                           "<math><title><p>x</math>seen", "<svg><noembed><p>seen", "<svg><noframes></svg>seen",
                           "<svg><template><p>seen", "<svg hidden><style/></svg>seen", "<svg hidden/>seen",
                           "<svg hidden><style></p>seen", "<svg><foreignObject><p>seen</svg>"}) {
    expect_seen(html);
  }
  EXPECT_EQ(read("<svg><style>no</style><title>no</title><g/><script>no</script></svg>yes").visible, "yes");
  EXPECT_EQ(read("<svg><foreignObject><style>no<p></style>yes").visible, "yes");
}

TEST(Selections, HoldNoRawText) {
  expect_seen("<select hidden><title></select><p>seen");
  expect_seen("<select hidden><select>seen");
  EXPECT_THAT(read("<select><script>words</script></select>").visible, testing::Not(HasSubstr("words")));
  expect_seen("<select hidden><textarea>x</textarea>seen");
}

TEST(DeepElements, TakeThePlaceOfTheLastThatIsRemembered) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<b>";
  expect_hidden(deep + "<div style='display:none'>unseen</div>");
  expect_seen(deep + "<div style='display:none'>x</div>seen");
}

TEST(RawText, EndsOnlyAtItsOwnEndTag) {
  for (const char* name : {"style", "script", "title", "iframe", "noembed", "noframes"}) {
    const std::string tag = name;
    EXPECT_EQ(read("a <" + tag + "/>no</" + tag + "x><p>no</" + tag + ">yes").visible, "a yes") << tag;
    EXPECT_EQ(read("a <" + tag + ">no</" + tag + " >yes").visible, "a yes") << tag;
    EXPECT_EQ(read("a <" + tag + ">no</" + tag).visible, "a") << tag;
  }
  EXPECT_EQ(read("a<plaintext>b</plaintext><c>").visible, "a\nb</plaintext><c>");
}

TEST(SplitWords, AreFoundInElementsOfLinesThatStandInNone) {
  for (const char* html :
       {"che<br style='display:none'>ap", "che<br hidden>ap", "che<div style='display:inline'>ap</div>",
        "<h1 style='display:inline'>che</h1>ap", "che<hr hidden>ap", "che<div hidden>x</div>ap",
        "che<p hidden><span>x</span><br></p>ap", "che<div style='display:contents'>ap</div>"}) {
    const HtmlText result = read(html);
    EXPECT_EQ(result.visible, "cheap") << html;
    EXPECT_EQ(result.shape.comments_in_words, 1U) << html;
  }
  EXPECT_EQ(read("che</div>ap che</tr>ap che</body>ap").visible, "cheap cheap cheap");
  EXPECT_EQ(read("one</p>two</br>three").visible, "one\ntwo\nthree");
}

TEST(Elements, ThatAreUnknownAreOrdinary) {
  EXPECT_EQ(element_of("o:p").kinds, 0U);
  EXPECT_EQ(element_of("o:p").id, element_of("o:p").id);
  EXPECT_THAT(read("<o:p hidden>unseen</o:p>").visible, IsEmpty());
}

}  // namespace
}  // namespace winnow
