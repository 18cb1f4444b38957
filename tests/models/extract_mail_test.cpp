#include "models/extract_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

/// How many copies with a tail come of an index whose one long ham is of this split.
std::size_t copies_with_ham_of(const std::string& split) {
  const test::TempFolder folder;
  std::string index = "corpus\tpath\tlabel\tsplit\nc\tham\tham\t" + split + "\n", prose;
  for (int i = 0; i < 200; ++i) prose += "the roof of the garden house\n";
  folder.write("c/ham", "Subject: minutes\n\n" + prose);
  for (const char* name : {"1", "2", "3"}) {
    folder.write(std::string("c/") + name, "Subject: prize " + std::string(name) + "\n\nclaim it\n");
    index += std::string("c\t") + name + "\tspam\ttrain\n";
  }
  ExtractOptions options;
  options.sources = {{folder.write("index.tsv", index), Label::Ham}};
  options.tails = 1;
  Diagnostics problems;
  std::size_t copies = 0;
  extract_mail(options, FeatureExtractor(1u << 10, {}, FeatureSet::General), problems, [&](ExtractedMail&& mail) {
    if (mail.tail && is_spam(mail.label)) ++copies;
    return true;
  });
  EXPECT_EQ(problems.to_string(), "");
  return copies;
}

// With --split test the texts of the test split's ham were put behind spam, and so learnt.
TEST(ExtractMail, PutsNoTextOfTheTestSplitBehindSpam) {
  EXPECT_EQ(copies_with_ham_of("train"), 3u);
  EXPECT_EQ(copies_with_ham_of("test"), 0u);
}

TEST(ExtractMail, TellsKindsOfMailAndItsCopiesWhenAsked) {
  const test::TempFolder folder;
  std::string prose;
  for (int i = 0; i < 200; ++i) prose += "the roof of the garden house must be repaired before the winter\n";
  folder.write("ham/1", "Subject: minutes\n\n" + prose);
  folder.write("spam/1",
               "Subject: Gewinn\n\nSie haben einen Preis gewonnen, bitte melden Sie sich heute noch bei uns.\n");
  ExtractOptions options;
  options.sources = {{folder.path() / "ham", Label::Ham}, {folder.path() / "spam", Label::Spam}};
  options.tails = 1;
  const auto kinds = [&] {
    Diagnostics problems;
    std::vector<std::string> found;
    extract_mail(options, FeatureExtractor(1u << 10, {}, FeatureSet::General), problems, [&](ExtractedMail&& mail) {
      found.push_back(mail.kind + (mail.tail ? " with a tail" : ""));
      return true;
    });
    return found;
  };
  EXPECT_THAT(kinds(), testing::UnorderedElementsAre("", "", " with a tail"));
  options.tell_kinds = true;
  EXPECT_THAT(kinds(), testing::UnorderedElementsAre("en plain", "de plain", "de plain with a tail"));
}

}  // namespace
}  // namespace winnow
