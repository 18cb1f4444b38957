#include "engine/zip_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winnow {
namespace {

using ::testing::HasSubstr;

std::string number(std::uint64_t value, unsigned width) {
  std::string bytes;
  for (unsigned i = 0; i < width; ++i) bytes += i < sizeof value ? static_cast<char>(value >> (8 * i)) : '\0';
  return bytes;
}

std::string directory_entry(const std::string& name, std::uint64_t unpacked, unsigned method = 0,
                            const std::string& extra = "") {
  return "PK\1\2" + number(0, 6) + number(method, 2) + number(0, 8) + number(1, 4) + number(unpacked, 4) +
         number(name.size(), 2) + number(extra.size(), 2) + number(0, 2) + number(0, 12) + name + extra;
}

std::string end_record(std::size_t records, std::size_t offset) {
  return "PK\5\6" + number(0, 6) + number(records, 2) + number(0, 4) + number(offset, 4) + number(0, 2);
}

std::string error_of(const std::string& archive, std::size_t max_records = 10) {
  std::string error;
  EXPECT_FALSE(read_zip_directory(archive, max_records, error));
  return error;
}

TEST(ZipDirectory, ListsNamesSizesAndCompression) {
  const std::string entries = directory_entry("a", 5) + directory_entry("dir/b", 7, 8);
  std::string error;
  const auto records = read_zip_directory(entries + end_record(2, 0), 10, error);
  ASSERT_TRUE(records) << error;
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[0].name, "a");
  EXPECT_EQ((*records)[0].unpacked_size, 5u);
  EXPECT_FALSE((*records)[0].compressed);
  EXPECT_EQ((*records)[1].name, "dir/b");
  EXPECT_TRUE((*records)[1].compressed);
}

TEST(ZipDirectory, ReadsSizesBeyond32BitsFromTheExtraField) {
  const std::string extra = number(1, 2) + number(8, 2) + number(std::uint64_t{5} << 40, 8);
  std::string error;
  const auto records = read_zip_directory(directory_entry("a", 0xffffffff, 8, extra) + end_record(1, 0), 10, error);
  ASSERT_TRUE(records) << error;
  EXPECT_EQ((*records)[0].unpacked_size, std::uint64_t{5} << 40);
}

TEST(ZipDirectory, FindsTheBytesOfAStoredRecord) {
  const std::string local = "PK\3\4" + number(0, 22) + number(1, 2) + number(2, 2) + "a" + "xx" + "hello";
  std::string error;
  const auto records = read_zip_directory(local + directory_entry("a", 5) + end_record(1, local.size()), 10, error);
  ASSERT_TRUE(records) << error;
  ZipRecord record = records->front();
  record.stored_size = 5;
  EXPECT_EQ(stored_bytes(local, record), "hello");
  record.stored_size = 6;
  EXPECT_EQ(stored_bytes(local, record), std::nullopt) << "longer than the archive";
  record.stored_size = 5;
  record.header_at = 1;
  EXPECT_EQ(stored_bytes(local, record), std::nullopt) << "no header there";
  record = {.name = "a", .compressed = true, .stored_size = 5};
  EXPECT_EQ(stored_bytes(local, record), std::nullopt) << "compressed";
}

TEST(ZipDirectory, RefusesMoreRecordsThanItMayHave) {
  EXPECT_THAT(error_of(directory_entry("a", 1) + end_record(60'000, 0)), HasSubstr("claims 60000 records"));
}

TEST(ZipDirectory, RefusesADirectoryThatLeavesTheArchive) {
  EXPECT_THAT(error_of(directory_entry("a", 1) + end_record(1, 4'000'000'000)), HasSubstr("damaged archive"));
  EXPECT_THAT(error_of(directory_entry("a", 1) + end_record(2, 0)), HasSubstr("damaged archive"));
}

}  // namespace
}  // namespace winnow
