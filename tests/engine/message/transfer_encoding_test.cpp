// transfer_encoding_test.cpp - base64, quoted-printable and uuencode as mail writes them.
#include "engine/message/transfer_encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace winnow {
namespace {

TEST(TransferEncodings, MayStandInQuotes) {
  const std::string base64 = "\"base64\"", quoted = " \"Quoted-Printable\"";
  EXPECT_EQ(parse_transfer_encoding(&base64), TransferEncoding::Base64);
  EXPECT_EQ(parse_transfer_encoding(&quoted), TransferEncoding::QuotedPrintable);
}

TEST(TransferDecoding, ReadsBase64OnAfterPadding) {
  struct Case {
    std::string octets, text;
  };
  const Case cases[] = {{"YQ==\r\nYmI=\r\nY2Nj", "abbccc"},
                        {"YQ", "a"},
                        {"Y", ""},
                        {"====", ""},
                        {"", ""},
                        {"Y W\tF-*h", "aaa"},
                        {"/wD+gA==", std::string("\xFF\0\xFE\x80", 4)}};
  for (const Case& c : cases) {
    bool cut = false;
    EXPECT_EQ(decode_transfer(c.octets, TransferEncoding::Base64, 100, cut), c.text) << c.octets;
    EXPECT_FALSE(cut) << c.octets;
  }
}

TEST(TransferDecoding, JoinsLinesAlsoWhereBlanksFollowTheSoftBreak) {
  bool cut = false;
  EXPECT_EQ(decode_transfer("pil= \t\nls=\n = 3D=3D", TransferEncoding::QuotedPrintable, 100, cut), "pills = 3D=");
  EXPECT_EQ(decode_transfer("a=  ", TransferEncoding::QuotedPrintable, 100, cut), "a=  ");
  EXPECT_EQ(decode_transfer("a=\n= \nb=\n=\nc", TransferEncoding::QuotedPrintable, 100, cut), "abc");
  EXPECT_EQ(decode_transfer("a= \r\nb=\r\n= \r\nc", TransferEncoding::QuotedPrintable, 100, cut), "abc");
}

TEST(TransferDecoding, ReadsEscapesAndLeavesWhatIsNone) {
  struct Case {
    const char* octets;
    const char* text;
  };
  const Case cases[] = {{"a=3D=3d=C3=A9b",
                         "a==\xC3\xA9"
                         "b"},
                        {"=\n=41b=\n=\n=42", "AbB"},
                        {"a=\r\nb", "ab"},
                        {"=zz=4", "=zz"},
                        {"==41 =4=41", "==41 =4=41"}};
  for (const Case& c : cases) {
    bool cut = false;
    EXPECT_EQ(decode_transfer(c.octets, TransferEncoding::QuotedPrintable, 100, cut), c.text) << c.octets;
  }
}

const std::string kUuencoded = "begin 644 a.txt\n#0V%T\n`\nend\n";

/// The line that names the file was decoded, too, and took the data with it.
TEST(TransferDecoding, ReadsUuencodeBehindTheLineThatNamesTheFile) {
  bool cut = false;
  for (const std::string& octets : {kUuencoded, "\n\n" + kUuencoded, std::string("#0V%T\n`\n")})
    EXPECT_EQ(decode_transfer(octets, TransferEncoding::UuEncode, 100, cut), "Cat") << octets;
  EXPECT_FALSE(cut);
}

TEST(UuFiles, AreFoundInText) {
  const std::string text = "Hi\n" + kUuencoded + "and\n" + kUuencoded;
  const std::vector<UuFile> files = find_uu_files(text, 10);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "a.txt");
  bool cut = false;
  EXPECT_EQ(decode_transfer(files[0].octets, TransferEncoding::UuEncode, 100, cut), "Cat");
  EXPECT_EQ(find_uu_files(text, 1).size(), 1U);
}

TEST(UuFiles, AreNotSeenInOrdinaryText) {
  for (const char* text : {"begin 644 people\nof the town came", "begin with\n#0V%T", "we begin 644 a.txt\n#0V%T",
                           "begin 644 a.txt", "begin 644 a.txt\n", "begin 644\n#0V%T", "begin", ""})
    EXPECT_TRUE(find_uu_files(text, 10).empty()) << text;
}

TEST(TransferDecoding, IsBounded) {
  bool cut = false;
  EXPECT_EQ(decode_transfer("aGVsbG8=", TransferEncoding::Base64, 100, cut), "hello");
  EXPECT_FALSE(cut);
  EXPECT_EQ(decode_transfer("aGVsbG8=", TransferEncoding::Base64, 3, cut), "hel");
  EXPECT_TRUE(cut);
  cut = false;
  EXPECT_EQ(decode_transfer("a=3Db=\nc", TransferEncoding::QuotedPrintable, 100, cut), "a=bc");
  EXPECT_EQ(decode_transfer("plain", TransferEncoding::None, 2, cut), "pl");
}

}  // namespace
}  // namespace winnow
