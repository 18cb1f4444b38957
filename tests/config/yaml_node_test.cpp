#include "config/yaml_node.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "config/text_file.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

struct Reading {
  std::optional<YamlNode> root;
  std::string problems;
};

Reading read(std::string text, const YamlLimits& limits = {}) {
  Diagnostics problems;
  Reading reading;
  reading.root = read_yaml_text("a.yaml", std::move(text), problems, limits);
  reading.problems = problems.to_string();
  return reading;
}

std::string place(const Location& where) {
  return std::to_string(where.line) + ":" + std::to_string(where.column) + "+" + std::to_string(where.length);
}

TEST(YamlNode, KeepsKindsOrderAndPlaces) {
  const Reading reading = read("b: [x, 'y z']\na:\n  - {k: v}\nnothing:\n");
  ASSERT_EQ(reading.problems, "");
  const YamlNode& root = *reading.root;
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].key, "b");
  EXPECT_EQ(place(root.entries[1].key_where), "2:1+1");
  const YamlNode& b = *root.find("b");
  EXPECT_EQ(kind_name(b), "a list");
  EXPECT_FALSE(b.items[0].quoted);
  EXPECT_TRUE(b.items[1].quoted);
  EXPECT_EQ(place(b.items[1].where), "1:8+5");
  EXPECT_EQ(place(b.items[1].content), "1:9+3");
  EXPECT_EQ(root.find("a")->items[0].find("k")->scalar, "v");
  EXPECT_EQ(kind_name(*root.find("nothing")), "nothing");
  EXPECT_EQ(root.find("absent"), nullptr);
}

TEST(YamlNode, TakesAnEmptyFileAsNothing) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    const Reading reading = read(text);
    EXPECT_EQ(reading.problems, "") << text;
    ASSERT_TRUE(reading.root) << text;
    EXPECT_EQ(reading.root->kind, YamlNode::Kind::Null) << text;
  }
}

TEST(YamlNode, CountsColumnsInCodePointsAndLinesThroughCrlf) {
  const Reading reading = read("\xEF\xBB\xBF\xC3\xA4: 1\r\n\xC3\xB6\xC3\xB6: zwei\r\n");
  EXPECT_EQ(place(reading.root->entries[1].value.where), "2:5+4");
}

/// "\\bcash\\b" in double quotes was a pattern that begins with a backspace, and never matched.
TEST(YamlNode, RefusesEscapesThatStandForControlCharacters) {
  EXPECT_EQ(read("a: \"x '\\bcash'\"\n").problems,
            "a.yaml:1:8: error: this escape stands for a control character, which is not allowed (use single quotes, "
            "or | for a "
            "block)\n    1 | a: \"x '\\bcash'\"\n      |        ^~\n");
  for (const char* text : {"a: \"\\x1b\"\n", "a: \"\\0\"\n", "\"\\r\": b\n", "[\"\\x7F\"]\n"}) {
    EXPECT_NE(read(text).problems.find("control character"), std::string::npos) << text;
  }
}

TEST(YamlNode, TakesEscapesForTabsAndLinesAndBackslashesWithoutMeaning) {
  for (const char* text : {"a: \"\\t\\n\\\\b \\u00fc\"\n", "a: '\\b'\n", "a: \\b\n", "a: |\n  \\b\n  c\n",
                           "a: |\r\n  b\r\n  c\r\n", "a: \"b\r\n  c\"\r\n", "a: b\r\n  c\r\n"}) {
    EXPECT_EQ(read(text).problems, "") << text;
  }
}

TEST(YamlNode, ReportsEveryDuplicateKeyAndKeepsTheFirst) {
  const Reading reading = read("a: 1\nb: {x: 1, x: 2}\na: 3\n");
  EXPECT_EQ(reading.problems,
            "a.yaml:2:11: error: duplicate key 'x' (first seen in line 2)\n"
            "    2 | b: {x: 1, x: 2}\n"
            "      |           ^\n"
            "a.yaml:3:1: error: duplicate key 'a' (first seen in line 1)\n"
            "    3 | a: 3\n"
            "      | ^\n");
  EXPECT_EQ(reading.root->find("a")->scalar, "1");
}

TEST(YamlNode, RefusesAliasesAnchorsTagsAndKeysThatAreNoText) {
  const Reading reading = read("a: &x 1\nb: *x\nc: !!int 3\n[d]: 1\n");
  EXPECT_NE(reading.problems.find("a.yaml:1:4: error: anchors are not supported"), std::string::npos);
  EXPECT_NE(reading.problems.find("a.yaml:2:4: error: aliases are not supported"), std::string::npos);
  EXPECT_NE(
      reading.problems.find("a.yaml:3:4: error: a value that begins with '!' is a YAML tag, which is not supported"),
      std::string::npos);
  EXPECT_NE(reading.problems.find("a.yaml:4:1: error: a key must be a text, got a list"), std::string::npos);
}

TEST(YamlNode, RefusesASecondDocument) {
  const Reading reading = read("a: 1\n---\nb: 2\n");
  EXPECT_NE(reading.problems.find("only one document is allowed"), std::string::npos);
  EXPECT_EQ(reading.root->find("a")->scalar, "1");
}

TEST(YamlNode, StopsAtItsLimits) {
  EXPECT_NE(read("[[[[1]]]]", {.max_depth = 3}).problems.find("a.yaml:1:4: error: nested deeper than 3"),
            std::string::npos);
  EXPECT_EQ(read("[[[1]]]", {.max_depth = 3}).problems, "");
  EXPECT_NE(read("[1, 2, 3]", {.max_nodes = 3}).problems.find("more than 3 values"), std::string::npos);
  EXPECT_NE(read("abcdef", {.max_bytes = 5}).problems.find("larger than 5B"), std::string::npos);
}

TEST(YamlNode, SurvivesDeepNestingOfEveryKind) {
  for (const std::string unit : {"[", "{", "- ", "? ", "{a: ", "[a: ", "[[a],"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    EXPECT_NE(read(text).problems, "") << unit;
  }
}

TEST(YamlNode, RefusesBytesThatAreNotUtf8AndControlCharacters) {
  EXPECT_NE(read("a: b\nc: \xFF\n").problems.find("a.yaml:2:4: error: this byte is not UTF-8"), std::string::npos);
  EXPECT_NE(read(std::string("a: \0b", 5)).problems.find("a.yaml:1:4: error: control characters"), std::string::npos);
  EXPECT_NE(read("a: \x04"
                 "b")
                .problems,
            "");
  EXPECT_NE(read("a: b\rc: d\n").problems, "");
  EXPECT_NE(read(std::string("\xFF\xFE"
                             "a\0",
                             4))
                .problems,
            "");  // UTF-16
}

TEST(YamlNode, SaysWhereTheSyntaxIsWrongAndKeepsCompleteParts) {
  const Reading reading = read("a: 1\nrules:\n  - {id: one}\n  - id: two\n    when: \"open\n");
  EXPECT_NE(reading.problems.find("a.yaml:5:11: error: this text has no closing quote"), std::string::npos);
  ASSERT_TRUE(reading.root);
  ASSERT_NE(reading.root->find("rules"), nullptr);
  EXPECT_EQ(reading.root->find("rules")->items.size(), 1u);  // the half-read rule would only miss keys
}

TEST(YamlNode, HintsAtTabs) { EXPECT_NE(read("a:\n\tb: 1\n").problems.find("indent with spaces"), std::string::npos); }

/// The message points at the next line, which is right; the hint was about it.
TEST(YamlNode, HintsAtTheLineBeforeAKeyThatIsRight) {
  const std::string blank = "(a blank must stand behind the ':' of the line before)";
  for (const char* text : {"r:\n  - id:a\n    when: true\n", "when:true\nthen: a\n", "a:\n  b:2\n  c.d: 3\n",
                           "r:\n  - id: a\n    when:true\n    then: [b]\n"}) {
    EXPECT_NE(read(text).problems.find(blank), std::string::npos) << read(text).problems;
  }
  for (const char* text : {"a: b\nc\nd: e\n", "a: |\nb\nc: d\n", "a:\nb or\nc: d\n"}) {
    EXPECT_NE(read(text).problems.find("(the line before is no key; if it goes on with a text, indent it)"),
              std::string::npos)
        << read(text).problems;
  }
  for (const char* text : {"a: 1\nb:2\n# c\nc: 3\n", "r:\n  - a: 1\n  # b\n    b:2\n    # c\n    c: 3\n"}) {
    EXPECT_NE(read(text).problems.find("(a blank must stand behind the ':')"), std::string::npos)
        << read(text).problems;
  }
  for (const char* text : {"a: b: c\n", "a: b\nc: contains \"Re: x\"\n"}) {
    EXPECT_NE(read(text).problems.find("(a value that holds ': ' must be in quotes as a whole)"), std::string::npos)
        << read(text).problems;
  }
}

TEST(YamlNode, ReportsAFileThatCannotBeRead) {
  Diagnostics problems;
  EXPECT_FALSE(read_yaml_file("no-such.yaml", problems));
  EXPECT_FALSE(read_yaml_file("/dev/null", problems));
  EXPECT_FALSE(read_yaml_file(std::filesystem::temp_directory_path(), problems));
  EXPECT_EQ(problems.error_count(), 3u);
  EXPECT_TRUE(problems.to_string().starts_with("no-such.yaml: error: cannot be read: no such file\n"));
}

struct ScalarCase {
  const char* text;
  const char* word;   // looked for in the scalar
  const char* place;  // where it stands in the file
};

class LocationInScalar : public testing::TestWithParam<ScalarCase> {};

TEST_P(LocationInScalar, PointsAtTheTokenInTheFile) {
  const Reading reading = read(GetParam().text);
  ASSERT_EQ(reading.problems, "");
  const YamlNode& scalar = reading.root->entries[0].value;
  const std::size_t at = scalar.scalar.find(GetParam().word);
  ASSERT_NE(at, std::string::npos) << scalar.scalar;
  EXPECT_EQ(place(location_in_scalar(scalar, at, std::string_view(GetParam().word).size())), GetParam().place)
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Table, LocationInScalar,
                         testing::Values(ScalarCase{"w: spam >= junk\n", "junk", "1:12+4"},
                                         ScalarCase{"w: \"spam >= junk\"\n", "junk", "1:13+4"},
                                         ScalarCase{"w: 'a == ''b'' or junk'\n", "junk", "1:19+4"},
                                         ScalarCase{"w: \"a == \\\"b\\\" or junk\"\n", "junk", "1:19+4"},
                                         ScalarCase{"w: \"\\u00e4\\t\\x41 junk\"\n", "junk", "1:18+4"},
                                         ScalarCase{"w: \xC3\xA4\xC3\xB6 junk\n", "junk", "1:7+4"},
                                         ScalarCase{"w: spam\n   or\n   junk\n", "junk", "3:4+4"},
                                         ScalarCase{"w: >\n  spam\n  or junk\n", "junk", "3:6+4"},
                                         ScalarCase{"w: |  # why\n  spam\n\n  or junk\n", "junk", "4:6+4"},
                                         ScalarCase{"w: |\n\n  spam\n  or junk\n", "spam", "3:3+4"},
                                         ScalarCase{"w: |\n  \n\n  spam\n  or junk\n", "junk", "5:6+4"},
                                         ScalarCase{"w: >\r\n\r\n  spam\r\n  or junk\r\n", "junk", "4:6+4"},
                                         ScalarCase{"w: |-\n    spam\n      or junk\n", "junk", "3:10+4"},
                                         ScalarCase{"w: \"spam\n  or junk\"\n", "junk", "2:6+4"},
                                         ScalarCase{"w: \"spam \\\n  or junk\"\n", "junk", "2:6+4"}));

/// Blocks of 64 KiB are read, and both limits in use are multiples of it.
TEST(TextFile, IsRefusedAndNotCutOneByteOverItsLimit) {
  const ScratchFolder folder;
  std::string why_not;
  EXPECT_TRUE(read_text_file(folder.write("fits", std::string(65536, 'a')), 65536, why_not));
  EXPECT_FALSE(read_text_file(folder.write("long", std::string(65537, 'a')), 65536, why_not));
  EXPECT_EQ(why_not, "the file is larger than 64KiB");
}

}  // namespace
}  // namespace winnow
