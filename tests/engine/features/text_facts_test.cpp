// text_facts_test.cpp - counts over a text.
#include "engine/features/text_facts.h"

#include <gtest/gtest.h>

#include <string>

namespace winnow {
namespace {

TEST(TextFacts, CountLettersWordsAndLines) {
  const TextFacts facts = count_text("Ab CDE f1\nÄö");
  EXPECT_EQ(facts.characters, 12U);
  EXPECT_EQ(facts.letters, 8U);
  EXPECT_EQ(facts.capitals, 5U);
  EXPECT_EQ(facts.digits, 1U);
  EXPECT_EQ(facts.words, 4U);
  EXPECT_EQ(facts.capital_words, 1U);
  EXPECT_EQ(facts.lines, 2U);
}

TEST(TextFacts, CountExclamationMarksOfAllKinds) {
  const TextFacts facts = count_text("a! b!!! ！c ¡d?");
  EXPECT_EQ(facts.exclamations, 6U);
  EXPECT_EQ(facts.exclamation_run, 3U);
  EXPECT_EQ(facts.questions, 1U);
}

TEST(TextFacts, CountAmountsOnce) {
  EXPECT_EQ(count_text("$5, $ 10.00, 20 €, £3 and 7 dogs").amounts, 4U);
  EXPECT_EQ(count_text("$ and 5").amounts, 0U);
  EXPECT_EQ(count_text("50% off, 10％").percents, 2U);
}

TEST(TextFacts, CountTelephoneNumbers) {
  EXPECT_EQ(count_text("call +49 30 1234567 or (555) 010-0199.").phone_numbers, 2U);
  EXPECT_EQ(count_text("1234567890. 2026-03-02. 12:30.").phone_numbers, 0U);
}

TEST(TextFacts, CountTricksWithCharacters) {
  EXPECT_EQ(count_text("a\u200Bb\u00ADc").zero_width, 2U);
  EXPECT_EQ(count_text("a\u200Bb").words, 1U);
  EXPECT_EQ(count_text("p\u0430ypal Привет plain").mixed_words, 1U);
  EXPECT_EQ(count_text("𝐅𝐫𝐞𝐞").styled_letters, 4U);
  EXPECT_EQ(count_text("😀⚡").emoji, 2U);
}

TEST(TextFacts, TellScriptsApart) {
  const TextFacts facts = count_text("ab жз 日本ひ한 عب Ω");
  EXPECT_EQ(facts.latin, 2U);
  EXPECT_EQ(facts.cyrillic, 2U);
  EXPECT_EQ(facts.cjk, 4U);
  EXPECT_EQ(facts.arabic, 2U);
  EXPECT_EQ(facts.other_script, 1U);
}

TEST(TextFacts, ReadOnlyTheFirstPart) { EXPECT_EQ(count_text(std::string(1u << 20, 'a')).letters, kMaxCountedBytes); }

}  // namespace
}  // namespace winnow
