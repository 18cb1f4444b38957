// html_style_test.cpp - sizes, what takes them back, boxes without room, and what a style sheet may paint.
#include "engine/message/html_style.h"

#include <gmock/gmock.h>

#include <string>

#include "engine/message/html_css.h"
#include "engine/message/html_text.h"

namespace winnow {
namespace {

HtmlText read(std::string_view html) { return read_html(html, {}); }

bool shows(const std::string& html) {
  const HtmlText result = read(html);
  return result.visible.find("text") != std::string::npos && result.hidden.find("text") == std::string::npos;
}

bool shows_within(const std::string& outer, const std::string& inner) {
  return shows("<div style='" + outer + "'><p style='" + inner + "'>text</p></div>");
}

TEST(Lengths, AreReadInEachUnit) {
  EXPECT_EQ(pixels("1in"), 96);
  EXPECT_EQ(pixels("+3PT !x"), 4);
  EXPECT_EQ(pixels("-2pc"), -32);
  EXPECT_EQ(pixels("0%"), 0);
  EXPECT_EQ(pixels("10%"), std::nullopt);
  EXPECT_EQ(pixels("auto"), std::nullopt);
  EXPECT_EQ(pixels("1zz"), std::nullopt);
  EXPECT_EQ(pixels(""), std::nullopt);
  for (const char* size : {".17in", ".5cm", "4mm", "20q", "1pc", "1.5vw", "1.5ex", "2ch", "9pt", "1rem"})
    EXPECT_TRUE(shows("<p style='font-size:" + std::string(size) + "'>text</p>")) << size;
  for (const char* size : {".01in", ".02cm", "0.1mm", "1q", ".05pc", ".1vw", "1px", ".05em", "1%"})
    EXPECT_FALSE(shows("<p style='font-size:" + std::string(size) + "'>text</p>")) << size;
}

TEST(FontSizes, AreTakenBackByAnyOther) {
  for (const char* size : {"large", "medium", "initial", "x-small", "12px", "1rem", "calc(1px + 1em)"})
    EXPECT_TRUE(shows_within("font-size:0", "font-size:" + std::string(size))) << size;
  for (const char* size : {"inherit", "larger", "200%", "1em", "unset"})
    EXPECT_FALSE(shows_within("font-size:0", "font-size:" + std::string(size))) << size;
  EXPECT_FALSE(shows_within("font-size:10%", "font-size:.5em"));
}

TEST(FontSizes, AreReadInTheShorthand) {
  for (const char* font : {"0/0 a", "0 a", "italic 700 1px/1.5 Arial", "bold .05em serif"})
    EXPECT_FALSE(shows("<p style='font:" + std::string(font) + "'>text</p>")) << font;
  for (const char* font : {"700 12px/0 Arial", "0", "1px", "caption", "normal 1 medium Arial", "12px a"})
    EXPECT_TRUE(shows("<p style='font:" + std::string(font) + "'>text</p>")) << font;
  EXPECT_TRUE(shows_within("font-size:0", "font:bold 14px/20px Arial, sans-serif"));
}

TEST(Visibility, IsTakenBackByTheInitialValue) {
  EXPECT_TRUE(shows_within("visibility:hidden", "visibility:initial"));
  EXPECT_FALSE(shows_within("visibility:hidden", "visibility:inherit"));
  EXPECT_TRUE(shows_within("color:#fff", "color:initial"));
  EXPECT_FALSE(shows_within("color:#fff", "color:unset"));
  EXPECT_TRUE(shows_within("text-indent:-9999px", "text-indent:0"));
  EXPECT_FALSE(shows_within("text-indent:-9999px", "color:#000"));
}

TEST(BoxesWithoutRoom, AreNoneInALineOrATable) {
  EXPECT_TRUE(shows("<span style='width:0;overflow:hidden'>text</span>"));
  EXPECT_TRUE(shows("<div style='display:inline;height:0;overflow:hidden'>text</div>"));
  EXPECT_TRUE(shows("<table><tr><td style='width:0;overflow:hidden'>text</table>"));
  EXPECT_FALSE(shows("<span style='display:block;height:0;overflow:hidden'>text</span>"));
  EXPECT_FALSE(shows("<span style='float:left;width:0;overflow:hidden'>text</span>"));
  EXPECT_FALSE(shows("<div style='max-height:0;overflow-y:hidden'>text</div>"));
  EXPECT_FALSE(shows("<div style='height:2px;overflow:clip'>text</div>"));
  EXPECT_TRUE(shows("<div style='height:1em;overflow:hidden'>text</div>"));
}

TEST(BoxesWithoutRoom, HaveSomeInTheirPadding) {
  EXPECT_TRUE(shows("<div style='height:0;padding-bottom:300px;overflow:hidden'>text</div>"));
  EXPECT_TRUE(shows("<div style='height:0;min-height:300px;overflow:hidden'>text</div>"));
  EXPECT_FALSE(shows("<div style='max-height:0;padding:0;overflow:hidden'>text</div>"));
}

TEST(ElementsOffThePage, AreFoundInEachUnit) {
  EXPECT_FALSE(shows("<div style='position:absolute;left:-50in'>text</div>"));
  EXPECT_FALSE(shows("<div style='position:relative;left:-9999px'>text</div>"));
  EXPECT_TRUE(shows("<div style='left:-9999px'>text</div>"));
}

TEST(Dialogs, ShowOnlyWhenTheyAreOpen) {
  EXPECT_FALSE(shows("<dialog>text</dialog>"));
  EXPECT_TRUE(shows("<dialog open>text</dialog>"));
  EXPECT_TRUE(shows("<dialog style='display:block'>text</dialog>"));
}

TEST(StyleSheets, KeepWhatTheyPaintFromBeingHidden) {
  for (const char* css :
       {"td{background:#036}", "TD { background-color : #036 }", "*{background:#036}", "#here{background:#036}",
        ".some{background:#036}", "table td.some{background:#036}", "p,td{background:#036}",
        "@media screen{td{background:#036}}", "@media not (prefers-color-scheme:dark){td{background:#036}}",
        "/*x*/<!-- td{background:#036} -->", "@import 'x';td{background:url(x.png)}",
        "tr>td{background-image:url(x.png)}", "td{color:red;;background:#036", "p{}td:first-child{background:#036}"}) {
    EXPECT_TRUE(shows(std::string("<style>") + css +
                      "</style><table><tr><td id=here class='a Some' style='color:#fff'>text</table>"))
        << css;
  }
}

TEST(StyleSheets, DoNotExcuseWhatTheyDoNotPaint) {
  for (const char* css : {"p{background:#036}", ".other{background:#036}", "td:hover{background:#036}",
                          "@media (prefers-color-scheme:dark){p{} td{background:#036}}", "td{background:#fff}",
                          "td{border:0}", "td{background:x}", "", "}{;@", "td"}) {
    EXPECT_FALSE(shows(std::string("<style>") + css +
                       "</style><table><tr><td id=here class=some style='color:#fff'>text</table>"))
        << css;
  }
  EXPECT_FALSE(shows("<style>body{background:#eee}td{background:#036}</style><p style='color:#fff'>text</p>"));
}

TEST(StyleSheets, MayTakeBackColourAndSize) {
  EXPECT_TRUE(shows("<style>p{color:#333}</style><div style='color:#fff'><p>text</p></div>"));
  EXPECT_TRUE(shows("<style>.a{font:14px b}</style><div style='font-size:0'><p class=a>text</p></div>"));
  EXPECT_FALSE(shows("<style>p{color:#333}</style><p style='color:#fff'>text</p>"));
}

}  // namespace
}  // namespace winnow
