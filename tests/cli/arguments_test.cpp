#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

const Command kProbe{"probe", "does nothing.", "0 fine, 2 wrong usage", "winnow probe x", nullptr};

struct Parsed {
  bool json = false;
  std::string name = "fallback";
  std::size_t count = 4;
  double share = 0.5;
  std::filesystem::path output;
  std::vector<std::filesystem::path> spam, files;
  std::optional<int> exit_code;
  std::string err, first_given;
};

Parsed parse(std::vector<std::string> words) {
  Parsed p;
  Arguments arguments(kProbe);
  arguments.add_files("mail", p.files);
  arguments.add({"--json", "", "as JSON"}, p.json);
  arguments.add({"--name", "NAME", "a name"}, p.name);
  arguments.add({"--count", "N", "a number"}, p.count, {1});
  arguments.add({"--share", "X", "a share"}, p.share, {0, 1});
  arguments.add({"--output,-o", "FILE", "a file"}, p.output);
  arguments.add({"--spam", "PATH", "mail"}, p.spam);
  words.insert(words.begin(), "probe");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStderr();
  p.exit_code = arguments.parse(static_cast<int>(argv.size()), argv.data());
  p.err = testing::internal::GetCapturedStderr();
  p.first_given = arguments.first_given({"--share", "--name"});
  return p;
}

TEST(CliArguments, KeepsDefaultsOfWhatIsNotGiven) {
  const Parsed p = parse({"a.eml"});
  EXPECT_FALSE(p.exit_code);
  EXPECT_EQ(p.name, "fallback");
  EXPECT_EQ(p.count, 4u);
  EXPECT_EQ(p.files, std::vector<std::filesystem::path>{"a.eml"});
}

TEST(CliArguments, ReadsEveryKindOfOption) {
  const Parsed p = parse({"--json", "--name", "n", "--count=9", "--share", "0.25", "-o", "m.pt", "a", "b"});
  EXPECT_FALSE(p.exit_code);
  EXPECT_TRUE(p.json);
  EXPECT_EQ(p.name, "n");
  EXPECT_EQ(p.count, 9u);
  EXPECT_EQ(p.share, 0.25);
  EXPECT_EQ(p.output, "m.pt");
  EXPECT_EQ(p.files.size(), 2u);
}

TEST(CliArguments, TakesOneValuePerRepeatedOption) {
  const Parsed p = parse({"--spam", "a", "--spam", "b", "c.eml"});
  EXPECT_EQ(p.spam, (std::vector<std::filesystem::path>{"a", "b"}));
  EXPECT_EQ(p.files, std::vector<std::filesystem::path>{"c.eml"});
}

TEST(CliArguments, TakesADashForAFile) { EXPECT_EQ(parse({"-"}).files, std::vector<std::filesystem::path>{"-"}); }

TEST(CliArguments, NamesTheNearestOptionForAnUnknownOne) {
  const Parsed p = parse({"--jsom", "a.eml"});
  EXPECT_EQ(p.exit_code, kWrongUsage);
  EXPECT_NE(p.err.find("winnow probe: unknown argument '--jsom' (did you mean '--json'?)"), std::string::npos) << p.err;
}

TEST(CliArguments, RefusesToRunWithoutAFile) { EXPECT_EQ(parse({"--json"}).exit_code, kWrongUsage); }

TEST(CliArguments, RefusesANumberThatIsNone) {
  const Parsed p = parse({"--count", "many", "a"});
  EXPECT_EQ(p.exit_code, kWrongUsage);
  EXPECT_NE(p.err.find("--count"), std::string::npos) << p.err;
}

TEST(CliArguments, RefusesANumberOutsideOfItsRange) {
  EXPECT_NE(parse({"--count", "0", "a"}).err.find("--count: must be at least 1"), std::string::npos);
  EXPECT_EQ(parse({"--count", "-1", "a"}).exit_code, kWrongUsage);
  EXPECT_NE(parse({"--share", "1.5", "a"}).err.find("--share: must be 0 to 1"), std::string::npos);
  EXPECT_EQ(parse({"--share", "nan", "a"}).exit_code, kWrongUsage);
  EXPECT_FALSE(parse({"--count", "1", "--share", "1", "a"}).exit_code);
}

TEST(CliArguments, KnowsWhichOptionWasGiven) {
  EXPECT_EQ(parse({"a"}).first_given, "");
  EXPECT_EQ(parse({"--name", "fallback", "a"}).first_given, "--name");
}

struct Chosen {
  std::optional<int> exit_code;
  std::string word, err;
};

Chosen choose(std::string given) {
  Chosen chosen;
  Arguments arguments(kProbe);
  arguments.add_choice("spam|ham", "what it is", chosen.word);
  char name[] = "probe";
  char* argv[] = {name, given.data()};
  testing::internal::CaptureStderr();
  chosen.exit_code = arguments.parse(given.empty() ? 1 : 2, argv);
  chosen.err = testing::internal::GetCapturedStderr();
  return chosen;
}

TEST(CliArguments, TakesOneOfTheWordsOfAChoice) {
  EXPECT_FALSE(choose("ham").exit_code);
  EXPECT_EQ(choose("ham").word, "ham");
}

TEST(CliArguments, NamesTheNearestWordOfAChoice) {
  EXPECT_EQ(choose("spma").exit_code, kWrongUsage);
  EXPECT_NE(choose("spma").err.find("there is no 'spma' (did you mean 'spam'?)"), std::string::npos);
}

TEST(CliArguments, SaysWhichChoiceIsMissing) {
  EXPECT_EQ(choose("").exit_code, kWrongUsage);
  EXPECT_NE(choose("").err.find("spam-or-ham is required"), std::string::npos) << choose("").err;
}

TEST(CliArguments, EscapesWhatItRepeats) {
  EXPECT_NE(parse({"--no\x1B[2J", "a"}).err.find("\\x1b"), std::string::npos);
}

}  // namespace
}  // namespace winnow
