// words_test.cpp - text in normal form, and the words behind disguises.
#include "engine/features/words.h"

#include <gmock/gmock.h>

namespace winnow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> words_of(std::string_view text) {
  const NormalText normal = normalise_text(text, 1000);
  std::vector<std::string> words;
  for (const Word& word : normal.words) words.emplace_back(normal.word(word));
  return words;
}

TEST(NormalForm, FoldsCaseWidthAndFonts) {
  EXPECT_EQ(normal_form("Straße ÄÖ"), "strasse äö");
  EXPECT_EQ(normal_form("ＦＲＥＥ"), "free");
  EXPECT_EQ(normal_form("𝐅𝐫𝐞𝐞"), "free");
}

TEST(NormalForm, LosesZeroWidthCharactersAndSoftHyphens) {
  EXPECT_EQ(normal_form("vi\u200Ba\u00ADg\u2060ra"), "viagra");
}

TEST(NormalForm, LosesLinesAndSignsAroundLetters) {
  EXPECT_EQ(normal_form("v\u0332i\u0332a\u0336g\u20DDr\u0489a"), "viagra");
  EXPECT_EQ(normal_form("\u1ECD\u0300"), "\u1ECD\u0300");  // a letter of Yoruba
}

/// Marks of two classes, those that belong behind the others first.
std::string marks_out_of_order(std::size_t of_each) {
  std::string text = "a";
  for (std::size_t i = 0; i < of_each; ++i) text += "\u0301";  // above, class 230
  for (std::size_t i = 0; i < of_each; ++i) text += "\u0316";  // below, class 220
  return text;
}

TEST(NormalForm, OfAMarkJoinsTheLastOfManyAsciiLetters) {
  EXPECT_EQ(normal_form(std::string(100, 'A') + "\u0301" + std::string(100, 'B') + "\u00C4" + std::string(10, 'C') +
                        "\u0301"),
            std::string(99, 'a') + "\u00E1" + std::string(100, 'b') + "\u00E4" + std::string(9, 'c') + "\u0107");
}

TEST(NormalForm, PutsMarksInOrder) { EXPECT_EQ(normal_form(marks_out_of_order(2)), "á\u0316\u0316\u0301"); }

TEST(NormalForm, SortsNoLongRunOfMarks) {
  // The thirty around the change of class are sorted; the marks before them stay before.
  EXPECT_GT(normal_form(marks_out_of_order(100)).find("\u0316"), 70 * std::string_view("\u0301").size());
}

TEST(NormalForm, OfNothingButMarksTakesLinearTime) {  // in quadratic time this would run into ctest's limit
  const std::string text = marks_out_of_order(500'000);
  EXPECT_EQ(normal_form(text).size(), text.size() - 1);
}

TEST(NormalText, HasOneSpaceWhereTheMailHasManyOrALineEnd) {
  EXPECT_EQ(normalise_text("  a \n\n b\t\tc", 10).text, "a b c");
}

TEST(Words, AreRunsOfLettersAndDigits) {
  EXPECT_THAT(words_of("Hello, world-wide 42 l'été!"), ElementsAre("hello", "world", "wide", "42", "l", "été"));
  EXPECT_THAT(words_of("Привет мир"), ElementsAre("привет", "мир"));
  EXPECT_THAT(words_of("हिन्दी"), SizeIs(1));
}

TEST(Words, OfScriptsWithoutSpacesAreRuns) {
  const NormalText normal = normalise_text("免费win大奖", 10);
  ASSERT_THAT(normal.words, SizeIs(3));
  EXPECT_TRUE(normal.words[0].no_spaces);
  EXPECT_FALSE(normal.words[1].no_spaces);
  EXPECT_TRUE(normal.words[2].no_spaces);
}

TEST(Words, StopAtTheLimit) { EXPECT_THAT(normalise_text("a b c d e", 3).words, SizeIs(3)); }

TEST(WordHash, TakesAllDigitsForOne) {
  EXPECT_EQ(word_hash("order123"), word_hash("order987"));
  EXPECT_NE(word_hash("order123"), word_hash("order12"));
  EXPECT_NE(pair_hash(word_hash("free"), word_hash("money")), pair_hash(word_hash("money"), word_hash("free")));
}

TEST(Disguises, AreUndone) {
  const struct {
    const char* text;
    const char* word;
  } cases[] = {
      {"buy v1agra now", "viagra"}, {"vi@gra", "viagra"},    {"ca$h", "cash"},          {"c a s i n o here", "casino"},
      {"p.i.l.l.s", "pills"},       {"c-h-e-a-p!", "cheap"}, {"p\u0430ypal", "paypal"}, {"\u0440aypal", "paypal"},
  };
  for (const auto& c : cases) EXPECT_THAT(normalise_text(c.text, 100).recovered, Contains(c.word)) << c.text;
}

TEST(Disguises, AreNotSeenInOrdinaryText) {
  for (const char* text : {"me@shop.example wrote", "a b c", "A 4 cm 3d b2b mp3 i18n", "plain words only", "Привет",
                           "2nd 1st", "I am a U S citizen", "0x12ab"}) {
    EXPECT_THAT(normalise_text(text, 100).recovered, IsEmpty()) << text;
  }
}

TEST(Grams, AreRunsOfCharactersNotOctets) {
  std::vector<std::string> grams;
  for_each_gram("aä日b", 2, 100, [&](std::string_view gram) { grams.emplace_back(gram); });
  EXPECT_THAT(grams, ElementsAre("aä", "ä日", "日b"));
  grams.clear();
  for_each_gram("abcdef", 4, 2, [&](std::string_view gram) { grams.emplace_back(gram); });
  EXPECT_THAT(grams, ElementsAre("abcd", "bcde"));
  grams.clear();
  for_each_gram("ab", 4, 100, [&](std::string_view gram) { grams.emplace_back(gram); });
  EXPECT_THAT(grams, IsEmpty());
}

}  // namespace
}  // namespace winnow
