// Files of lists as people write and export them.
#include <gtest/gtest.h>

#include "rules/rule_loader.h"
#include "rules/rule_set.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

class ListFile : public testing::Test {
 protected:
  /// Loads a rule whose list is a file of this text.
  std::shared_ptr<const RuleSet> load(const std::string& text) {
    folder_.write("list.txt", text);
    const auto rules = folder_.write("rules.yaml",
                                     "lists: {known: {file: list.txt}}\n"
                                     "rules:\n  - {id: known, when: from.domain in known, then: [accept]}\n");
    Diagnostics problems;
    auto loaded = load_rules({rules}, problems);
    problems_ = problems.to_string();
    return loaded;
  }

  std::size_t warnings() const {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = problems_.find(": warning: ", at)) != std::string::npos; ++at) ++found;
    return found;
  }

  ScratchFolder folder_;
  std::string problems_;
};

TEST_F(ListFile, WarnsOfEntriesThatAreNotWhatWasMeant) {
  const std::pair<const char*, const char*> unlikely[] = {
      {"example.org# partner", "a comment begins with a blank and '#'"},
      {"example.org.", "names stand without the dot behind them"},
      {"\"example.org\"", "the quotes count as a part of the entry"},
      {"'example.org'", "the quotes count as a part of the entry"},
      {"- example.org", "the '-' counts as a part of the entry"},
      {"a.example, b.example", "a line is one entry; write each into its own"},
      {"// partners", "a comment begins with a blank and '#'"},
      {"!bad.example", "an entry cannot be excepted; use a second list and 'not'"},
      {"<joe@a.example>", "a line holds the bare address or domain"},
      {"http://a.example/x", "a line holds the bare address or domain"},
      {"Joe Doe <joe@a.example>", "a line holds the bare address or domain"},
      {"^.*@spam\\.example$", "an entry is no regular expression; a rule has them behind 'matches'"},
      {"@spam\\.example", "an entry is no regular expression; a rule has them behind 'matches'"},
      {"/@spam\\.example/i", "an entry is no regular expression; a rule has them behind 'matches'"},
      {"/spam/", "an entry is no regular expression; a rule has them behind 'matches'"},
      {"joe@a.example;", "a line holds the bare address or domain"},
      {"a.example REJECT", "what stands behind an address or domain counts as a part of it"}};
  for (const auto& [line, why] : unlikely) {
    ASSERT_TRUE(load("good.example\n  " + std::string(line) + "\n")) << problems_;
    EXPECT_NE(
        problems_.find("list.txt:2:3: warning: '" + std::string(line) + "' is looked for as it stands (" + why + ")"),
        std::string::npos)
        << problems_;
  }
}

TEST_F(ListFile, WarnsOfDomainsInLettersThatNoFactHas) {
  ASSERT_TRUE(
      load("xn--bcher-kva.example\n@b\xC3\xBC"
           "cher.example\nM\xC3\xBC"
           "ller\n"))
      << problems_;
  EXPECT_EQ(warnings(), 1u) << problems_;
  EXPECT_NE(problems_.find("list.txt:2:1: warning: "), std::string::npos) << problems_;
}

TEST_F(ListFile, IsTakenWithoutAWordWhereItSaysWhatItMeans) {
  ASSERT_TRUE(
      load("# all of them\nexample.org # partner\n.a.example\t#b\nVale, Robin\nVale, R. Robin\nSt. Mary\nYour "
           "invoice:\nExample Inc.\nO'Neil\n-x\n3 < 5 @ home\n/etc/passwd\nC:\\x\n*-0001.*\n^_^\n192.0.2.0/24\n"));
  EXPECT_EQ(problems_, "");
}

/// A failed export leaves an empty file.
TEST_F(ListFile, WarnsOfAFileWithoutEntries) {
  for (const char* text : {"", "# nobody\n\n"}) {
    ASSERT_TRUE(load(text)) << problems_;
    EXPECT_NE(problems_.find("list.txt: warning: this list holds no entry"), std::string::npos) << problems_;
  }
}

/// Only files were asked.
TEST(List, WithoutEntriesIsWarnedOfWhereverItStands) {
  Diagnostics problems;
  EXPECT_TRUE(load_rule_texts(
      {{"a.yaml", "lists: {empty: []}\nrules: [{id: a, when: helo in empty, then: [accept]}]\n"}}, problems));
  EXPECT_NE(problems.to_string().find("a.yaml:1:16: warning: this list holds no entry: nothing is found in it"),
            std::string::npos)
      << problems.to_string();
}

TEST_F(ListFile, WarnsOnceOfEachMistakeHoweverManyLinesHaveIt) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "- a" + std::to_string(i) + ".example\nb" + std::to_string(i) + ".example.\n";
  ASSERT_TRUE(load(text));
  EXPECT_EQ(warnings(), 2u) << problems_;
}

/// Editors of Windows write the mark; it was taken for a part of the first entry, and refused as a control character.
TEST_F(ListFile, MayBeginWithAByteOrderMark) {
  const auto rules = load(
      "\xEF\xBB\xBF"
      "example.org\n");
  ASSERT_TRUE(rules) << problems_;
  Facts facts;
  facts.set(Fact::FromDomain, std::string("example.org"));
  EXPECT_EQ(rules->decide(facts).message.rule, "known");
}

TEST_F(ListFile, SaysThatBytesAreNotUtf8) {
  EXPECT_FALSE(load("example.org\nm\xFCller.example\n"));
  EXPECT_NE(problems_.find("list.txt:2:1: error: this entry is not UTF-8 text"), std::string::npos) << problems_;
  EXPECT_FALSE(
      load("a\x01"
           "b\n"));
  EXPECT_NE(problems_.find("an entry may not hold control characters"), std::string::npos) << problems_;
}

}  // namespace
}  // namespace winnow
