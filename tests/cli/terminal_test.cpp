#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <ostream>

namespace winnow {
namespace {

TEST(CliTerminal, KeepsPrintableTextOfAllScripts) {
  const std::string text = "plain, \xC3\xBCml\xC3\xA4ut, \xE6\x97\xA5\xE6\x9C\xAC, \xF0\x9F\x93\xA7";
  EXPECT_EQ(escape_for_terminal(text), text);
}

struct Escaping {
  const char* name;
  std::string given, shown;
};

void PrintTo(const Escaping& escaping, std::ostream* out) { *out << escaping.name; }

class CliTerminalEscapes : public testing::TestWithParam<Escaping> {};

TEST_P(CliTerminalEscapes, WhatWouldMoveHideOrReorderText) {
  EXPECT_EQ(escape_for_terminal(GetParam().given, LineBreaks::Escape), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(Texts, CliTerminalEscapes,
                         testing::Values(Escaping{"EscapeSequence", "\x1B[31mred", "\\x1b[31mred"},
                                         Escaping{"Bell", "a\ab", "a\\x07b"},
                                         Escaping{"Nul", std::string("a\0b", 3), "a\\x00b"},
                                         Escaping{"Tab", "a\tb", "a\\tb"},
                                         Escaping{"CarriageReturn", "ok\rno", "ok\\rno"},
                                         Escaping{"LineBreak", "a\nb", "a\\nb"}, Escaping{"Delete", "a\x7F", "a\\x7f"},
                                         Escaping{"C1Control",
                                                  "\xC2\x9B"
                                                  "31m",
                                                  "\\x9b31m"},
                                         Escaping{"RawC1Octet",
                                                  "\x9B"
                                                  "31m",
                                                  "\\x9b31m"},
                                         Escaping{"RightToLeftOverride",
                                                  "a\xE2\x80\xAE"
                                                  "b",
                                                  "a\\u{202e}b"},
                                         Escaping{"ZeroWidthSpace",
                                                  "a\xE2\x80\x8B"
                                                  "b",
                                                  "a\\u{200b}b"},
                                         Escaping{"LineSeparator",
                                                  "a\xE2\x80\xA8"
                                                  "b",
                                                  "a\\u{2028}b"},
                                         Escaping{"OverlongForm", "\xC0\xAF", "\\xc0\\xaf"},
                                         Escaping{"CutSequence", "a\xE2\x82", "a\\xe2\\x82"},
                                         Escaping{"Surrogate", "\xED\xA0\x80", "\\xed\\xa0\\x80"},
                                         Escaping{"TagCharacter", "\xF3\xA0\x80\xA1", "\\u{e0021}"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(CliTerminal, KeepsLineBreaksOfOurOwnTexts) {
  EXPECT_EQ(escape_for_terminal("a\nb\x1B", LineBreaks::Keep), "a\nb\\x1b");
}

TEST(CliTerminal, CountsCodePointsAsWidth) {
  EXPECT_EQ(display_width("\xC3\xBC"
                          "b"),
            2u);
}

TEST(CliTerminal, CutsLongTextBetweenCodePoints) {
  EXPECT_EQ(cut_to_width("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", 4), "\xC3\xBC...");
}

TEST(CliTerminal, LeavesShortTextUncut) { EXPECT_EQ(cut_to_width("abcd", 4), "abcd"); }

}  // namespace
}  // namespace winnow
