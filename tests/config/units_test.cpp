#include "config/units.h"

#include <gtest/gtest.h>

#include <cmath>

namespace winnow {
namespace {

using std::chrono::microseconds;

struct DurationCase {
  const char* text;
  long long us;  // -1: refused
};

class ParseDuration : public testing::TestWithParam<DurationCase> {};

TEST_P(ParseDuration, ReadsExactlyOneDurationWithItsUnit) {
  const auto value = parse_duration(GetParam().text);
  EXPECT_EQ(value ? value->count() : -1, GetParam().us) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Table, ParseDuration,
                         testing::Values(DurationCase{"4s", 4'000'000}, DurationCase{"500ms", 500'000},
                                         DurationCase{"0us", 0}, DurationCase{"0", 0}, DurationCase{"7us", 7},
                                         DurationCase{"2min", 120'000'000}, DurationCase{"1h", 3'600'000'000},
                                         DurationCase{"1d", 86'400'000'000}, DurationCase{"0.5s", 500'000},
                                         DurationCase{"1.5ms", 1'500}, DurationCase{"0.5us", -1}, DurationCase{"4", -1},
                                         DurationCase{"", -1}, DurationCase{"s", -1}, DurationCase{"4 s", -1},
                                         DurationCase{"-4s", -1}, DurationCase{"+4s", -1}, DurationCase{"4S", -1},
                                         DurationCase{"4sec", -1}, DurationCase{"4s ", -1}, DurationCase{"4.s", -1},
                                         DurationCase{".5s", -1}, DurationCase{"1e3s", -1}, DurationCase{"4m", -1},
                                         DurationCase{"99999999999999999999s", -1},
                                         DurationCase{"9223372036854775807us", 9223372036854775807},
                                         DurationCase{"9223372036854775808us", -1}, DurationCase{"106751992d", -1},
                                         DurationCase{"0x4s", -1}, DurationCase{"4MiB", -1}));

struct SizeCase {
  const char* text;
  bool fits;
  unsigned long long bytes;
};

class ParseSize : public testing::TestWithParam<SizeCase> {};

TEST_P(ParseSize, ReadsExactlyOneSizeWithItsUnit) {
  const auto value = parse_size(GetParam().text);
  EXPECT_EQ(value.has_value(), GetParam().fits) << GetParam().text;
  EXPECT_EQ(value.value_or(0), GetParam().bytes) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Table, ParseSize,
                         testing::Values(SizeCase{"1MiB", true, 1048576}, SizeCase{"64KiB", true, 65536},
                                         SizeCase{"1GiB", true, 1073741824}, SizeCase{"10B", true, 10},
                                         SizeCase{"0", true, 0}, SizeCase{"1KB", true, 1000},
                                         SizeCase{"3MB", true, 3000000}, SizeCase{"2GB", true, 2000000000},
                                         SizeCase{"1.5MiB", true, 1572864}, SizeCase{"0.1KiB", false, 0},
                                         SizeCase{"10", false, 0}, SizeCase{"1mib", false, 0}, SizeCase{"1M", false, 0},
                                         SizeCase{"1 MiB", false, 0}, SizeCase{"-1B", false, 0}, SizeCase{"", false, 0},
                                         SizeCase{"18446744073709551615B", true, 18446744073709551615ull},
                                         SizeCase{"18446744073709551616B", false, 0},
                                         SizeCase{"17179869184GiB", false, 0}));

struct PercentCase {
  const char* text;
  double fraction;  // < 0: refused
};

class ParsePercent : public testing::TestWithParam<PercentCase> {};

TEST_P(ParsePercent, ReadsAPercentageOrAFraction) {
  EXPECT_DOUBLE_EQ(parse_percent(GetParam().text).value_or(-1), GetParam().fraction) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Table, ParsePercent,
                         testing::Values(PercentCase{"90%", 0.9}, PercentCase{"0.9", 0.9}, PercentCase{"99.5%", 0.995},
                                         PercentCase{"0", 0}, PercentCase{"0%", 0}, PercentCase{"1", 1},
                                         PercentCase{"100%", 1}, PercentCase{"101%", -1}, PercentCase{"90", -1},
                                         PercentCase{"1.01", -1}, PercentCase{"-1%", -1}, PercentCase{"nan", -1},
                                         PercentCase{"inf", -1}, PercentCase{"90 %", -1}, PercentCase{"90%%", -1},
                                         PercentCase{"%", -1}, PercentCase{"", -1}, PercentCase{"1e-3", -1}));

TEST(FormatUnits, WritesTheLargestUnitThatIsExact) {
  EXPECT_EQ(format_duration(microseconds(4'000'000)), "4s");
  EXPECT_EQ(format_duration(microseconds(1'500'000)), "1500ms");
  EXPECT_EQ(format_duration(microseconds(120'000'000)), "2min");
  EXPECT_EQ(format_duration(microseconds(0)), "0us");
  EXPECT_EQ(format_duration(microseconds(-5)), "-5us");
  EXPECT_EQ(format_size(1u << 20), "1MiB");
  EXPECT_EQ(format_size(1025), "1025B");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_percent(0.9), "90%");
  EXPECT_EQ(format_percent(0.995), "99.5%");
  EXPECT_EQ(format_percent(0.29), "29%");
}

TEST(FormatUnits, WritesWhatTheParsersRead) {
  for (const long long us : {0LL, 1LL, 999LL, 1'000LL, 60'000'000LL, 86'400'000'001LL}) {
    EXPECT_EQ(parse_duration(format_duration(microseconds(us))), microseconds(us));
  }
  for (const unsigned long long bytes : {0ULL, 1ULL, 1023ULL, 1024ULL, 1ULL << 40}) {
    EXPECT_EQ(parse_size(format_size(bytes)), bytes);
  }
}

}  // namespace
}  // namespace winnow
