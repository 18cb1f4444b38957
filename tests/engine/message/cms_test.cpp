// cms_test.cpp - what S/MIME wraps.
#include "engine/message/cms.h"

#include <gtest/gtest.h>

#include "tests/engine/message/sample_cms.h"

namespace winnow {
namespace {

TEST(Cms, GivesWhatIsSigned) {
  for (const std::string& words : {std::string("words"), std::string(5000, 'x')}) {
    const CmsMessage message = read_cms(signed_cms(element('\x04', words)));
    EXPECT_EQ(message.kind, CmsKind::Signed);
    EXPECT_EQ(message.content, words);
  }
}

TEST(Cms, MayComeInPiecesWhoseLengthsComeLast) {
  const std::string pieces = element('\x24', element('\x04', "wo") + element('\x04', "rds"), false);
  EXPECT_EQ(read_cms(signed_cms(pieces, false)).content, "words");
}

TEST(Cms, MayComeInPiecesOfPieces) {
  for (const bool has_length : {true, false}) {
    const std::string inner = element('\x24', element('\x04', "wo") + element('\x04', "r"), has_length);
    const std::string pieces = element('\x24', inner + element('\x04', "ds"), has_length);
    EXPECT_EQ(read_cms(signed_cms(pieces, has_length)).content, "words");
  }
}

/// What nothing is read of may be written in any way, too.
TEST(Cms, MayHaveElementsWithoutALengthBeforeTheContent) {
  std::string octets = signed_cms(element('\x04', "words"), false);
  const std::string algorithms = element('\x31', "");
  octets.replace(octets.find(algorithms), algorithms.size(),
                 element('\x31', element('\x30', element('\x05', ""), false), false));
  EXPECT_EQ(read_cms(octets).content, "words");
}

TEST(Cms, MayHaveLengthsThatBeginWithZeros) {
  EXPECT_EQ(read_cms(signed_cms(std::string("\x04\x85\0\0\0\0\x05words", 12), false)).content, "words");
}

TEST(Cms, OfDeepElementsIsNotRead) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "\x24\x80";
  EXPECT_EQ(read_cms(signed_cms(deep, false)).content, "");
}

TEST(Cms, ThatWasCutGivesWhatThereIs) {
  const std::string whole = signed_cms(element('\x04', "words"));
  const std::size_t words_at = whole.find("words");
  EXPECT_EQ(read_cms(whole.substr(0, words_at + 3)).content, "wor");
  for (std::size_t length = 0; length < whole.size(); ++length) read_cms(whole.substr(0, length));
}

TEST(Cms, MayBeEncryptedOrNone) {
  const std::string encrypted = element('\x30', cms_object('\x03') + element('\xA0', element('\x30', "")));
  EXPECT_EQ(read_cms(encrypted).kind, CmsKind::Encrypted);
  for (const std::string& none : {std::string(), std::string("words"), std::string("0"), std::string("\x30\x84\xFF"),
                                  element('\x30', cms_object('\x01')), element('\x30', "")})
    EXPECT_EQ(read_cms(none).kind, CmsKind::None);
  EXPECT_EQ(read_cms(element('\x30', cms_object('\x02'))).content, "");
}

}  // namespace
}  // namespace winnow
