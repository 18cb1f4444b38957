#include "cli/table.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(CliTable, AlignsColumnsAndLeavesNoTrailingSpaces) {
  EXPECT_EQ(format_table({{"name"}, {"share", Align::Right}, {"note"}}, {{"a", "1 %", "x"}, {"longer", "100 %", ""}}),
            "name    share  note\n"
            "a         1 %  x\n"
            "longer  100 %\n");
}

TEST(CliTable, EscapesCellsBeforeItMeasuresThem) {
  EXPECT_EQ(format_table({{"a"}, {"b"}}, {{"x\ny", "1"}, {"z", "2"}}),
            "a     b\n"
            "x\\ny  1\n"
            "z     2\n");
}

TEST(CliTable, TakesRowsWithFewerOrMoreCells) {
  EXPECT_EQ(format_table({{"a"}, {"b"}}, {{"1"}, {"1", "2", "3"}}), "a  b\n1\n1  2\n");
}

TEST(CliTable, LeavesEmptyTitlesOut) { EXPECT_EQ(format_table({{""}, {""}}, {{"a", "b"}}), "a  b\n"); }

}  // namespace
}  // namespace winnow
