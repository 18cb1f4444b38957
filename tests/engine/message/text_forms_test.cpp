// text_forms_test.cpp - text that is folded, escaped or marked.
#include "engine/message/text_forms.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

std::string shown(std::string text, const std::string& type, const std::string& delsp = "") {
  ContentType content_type;
  content_type.type = type;
  content_type.delsp = delsp;
  return text_as_shown(std::move(text), content_type);
}

TEST(TextForms, LeaveOrdinaryTextAlone) {
  const std::string text = "a \nb\\n <b>\n  c\n";
  EXPECT_EQ(shown(text, "text/plain"), text);
  EXPECT_EQ(shown(text, "text/markdown"), text);
}

TEST(TextForms, JoinFlowedLinesWithoutTheirBlank) {
  const struct {
    const char* written;
    const char* read;
  } cases[] = {
      {"see http://a.exam \nple/x\nnext", "see http://a.example/x\nnext"},
      {"a  \nb", "a b"},
      {"> a \n> b \nc", "> ab\nc"},
      {"text \n-- \nAnn", "text\n-- \nAnn"},
      {" >quoted? \n no", ">quoted?no"},
      {"a \n\nb", "a\nb"},
      {"", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(c.written, "text/plain", "yes"), c.read) << c.written;
}

TEST(TextForms, UnfoldCalendarsAndCards) {
  EXPECT_EQ(shown("SUMMARY:Te\n a\nDESCRIPTION:http://a.exam\n\tple/x\\nat ten\\, \\\\o/", "text/calendar"),
            "SUMMARY:Tea\nDESCRIPTION:http://a.example/x\nat ten, \\o/");
  EXPECT_EQ(shown("NOTE:a\n b\\", "text/vcard"), "NOTE:ab\\");
}

TEST(TextForms, DropTheMarksOfEnrichedText) {
  EXPECT_EQ(shown("pi<bold></bold>lls <color><param>red</param>now</color> 1 << 2", "text/enriched"),
            "pills now 1 < 2");
  EXPECT_EQ(shown("a</param>b<param>c", "text/enriched"), "abc");
  EXPECT_EQ(shown("a <b", "text/enriched"), "a <b");
}

}  // namespace
}  // namespace winnow
