// mail_input_test.cpp - messages from files and from bytes.
#include "engine/message/mail_input.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

namespace winnow {
namespace {

using testing::HasSubstr;

std::filesystem::path write_file(const std::string& name, const std::string& content) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / (std::to_string(getpid()) + name);
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

TEST(MailFile, IsReadWhole) {
  std::string error;
  const auto input = read_mail_file(write_file("a.eml", "A: b\r\n\r\nbody"), 1000, error);
  ASSERT_TRUE(input) << error;
  EXPECT_EQ(input->raw, "A: b\r\n\r\nbody");
  EXPECT_EQ(input->full_size, 12U);
  EXPECT_FALSE(input->truncated);
  EXPECT_FALSE(input->envelope.present);
}

TEST(MailFile, IsCutAtTheLimitButKeepsItsSize) {
  std::string error;
  const auto input = read_mail_file(write_file("b.eml", std::string(300000, 'x')), 1000, error);
  ASSERT_TRUE(input) << error;
  EXPECT_EQ(input->raw.size(), 1000U);
  EXPECT_EQ(input->full_size, 300000U);
  EXPECT_TRUE(input->truncated);
}

TEST(MailFile, LosesItsMboxLine) {
  std::string error;
  const auto input =
      read_mail_file(write_file("c.eml", "From ann@a.example Mon Mar  2 10:00:00 2026\nA: b\n\n"), 1000, error);
  ASSERT_TRUE(input);
  EXPECT_EQ(input->raw, "A: b\n\n");
  EXPECT_EQ(input->full_size, 6U);
}

TEST(MailFile, ThatCannotBeReadIsAnErrorThatNamesIt) {
  std::string error;
  EXPECT_FALSE(read_mail_file("/nonexistent/mail.eml", 1000, error));
  EXPECT_THAT(error, HasSubstr("/nonexistent/mail.eml"));
  EXPECT_FALSE(read_mail_file(testing::TempDir(), 1000, error));
  EXPECT_THAT(error, HasSubstr("directory"));
}

TEST(MailFile, ThatIsCompressedIsAnErrorThatSaysSo) {
  for (const std::string start :
       {std::string("\x1f\x8b\x08\0", 4), std::string("\xfd\x37zXZ\0", 6), std::string("BZh91AY&SY"),
        std::string("\x28\xb5\x2f\xfd"), std::string("PK\x03\x04")}) {
    std::string error;
    EXPECT_FALSE(read_mail_file(write_file("z.eml", start + "rest"), 1000, error));
    EXPECT_THAT(error, HasSubstr("it is compressed, unpack it first"));
  }
  std::string error;
  EXPECT_TRUE(read_mail_file(write_file("t.eml", "BZh"), 1000, error)) << error;
}

TEST(MailBytes, AreCutAtTheLimit) {
  const MailInput input = mail_from_bytes("From x\n12345", 3);
  EXPECT_EQ(input.raw, "123");
  EXPECT_EQ(input.full_size, 5U);
  EXPECT_TRUE(input.truncated);
}

}  // namespace
}  // namespace winnow
