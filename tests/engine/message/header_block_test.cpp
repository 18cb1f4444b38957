// header_block_test.cpp - cutting header fields out of octets.
#include "engine/message/header_block.h"

#include <gmock/gmock.h>

namespace winnow {
namespace {

using testing::SizeIs;

TEST(HeaderBlock, UnfoldsContinuationLines) {
  std::size_t body_at = 0;
  const std::string octets = "A: one\n two\n\tthree\nB: x\n\nbody";
  const HeaderBlock block = read_header_block(octets, {}, body_at);
  ASSERT_THAT(block.fields, SizeIs(2));
  EXPECT_EQ(block.fields[0].value, "one two\tthree");
  EXPECT_EQ(octets.substr(body_at), "body");
}

TEST(HeaderBlock, SkipsLinesThatAreNoFields) {
  std::size_t body_at = 0;
  const HeaderBlock block =
      read_header_block(" leading\nno colon\n: no name\nGood : value\nBad name: x\n\n", {}, body_at);
  ASSERT_THAT(block.fields, SizeIs(1));
  EXPECT_EQ(block.fields[0].name, "Good");
  EXPECT_EQ(block.skipped_lines, 4U);
}

TEST(HeaderBlock, DoesNotAddTheContinuationOfADroppedFieldToTheLastKeptOne) {
  std::size_t body_at = 0;
  HeaderLimits limits;
  limits.max_fields = 1;
  const HeaderBlock block = read_header_block("A: kept\nB: dropped\n more\n\n", limits, body_at);
  EXPECT_EQ(block.fields[0].value, "kept");
  EXPECT_EQ(block.field_count, 2U);
  EXPECT_TRUE(block.cut);
}

TEST(HeaderBlock, CutsLongValues) {
  std::size_t body_at = 0;
  HeaderLimits limits;
  limits.max_value_bytes = 10;
  const HeaderBlock block = read_header_block("A: 12345678\n 90123\n\n", limits, body_at);
  EXPECT_THAT(block.fields[0].value, SizeIs(10));
  EXPECT_TRUE(block.cut);
}

TEST(HeaderBlock, KeepsMoreOfTheFirstOfWhatMailIsReadBy) {
  std::size_t body_at = 0;
  HeaderLimits limits;
  limits.max_value_bytes = 10;
  limits.max_essential_bytes = 20;
  const std::string value(30, 'x'), field = "From: " + value + "\n";
  const HeaderBlock block = read_header_block(field + field + "A: 1234\n 567\n\n", limits, body_at);
  ASSERT_THAT(block.fields, SizeIs(3));
  EXPECT_THAT(block.fields[0].value, SizeIs(20));
  EXPECT_THAT(block.fields[1].value, SizeIs(10));
  EXPECT_EQ(block.fields[2].value, "1234 567");
}

TEST(HeaderBlock, EndsAtTheLineThatTheCallerNames) {
  std::size_t body_at = 0;
  const std::string octets = "A: b\n--end\nbody";
  read_header_block(octets, {}, body_at, [](std::string_view line) { return line == "--end"; });
  EXPECT_EQ(octets.substr(body_at), "--end\nbody");
}

TEST(LineEnds, BecomeLfAndALoneCrStays) {
  EXPECT_EQ(normalise_line_ends("a\r\nb\nc\rd\r"), "a\nb\nc\rd\r");
  EXPECT_EQ(normalise_line_ends("\r\r\n"), "\r\n");
}

}  // namespace
}  // namespace winnow
