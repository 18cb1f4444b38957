#include "models/innocent_tails.h"

#include <gtest/gtest.h>

#include <set>

namespace winnow {
namespace {

Message with_text(std::size_t length, char letter) {
  Message message;
  message.text = std::string(length, letter);
  return message;
}

std::uint64_t spread(std::uint64_t number) { return number * 0x9E3779B97F4A7C15ULL; }

double share_with_tail(const InnocentTails& tails, Label label) {
  int with_tail = 0;
  constexpr int kMail = 4000;
  for (int i = 0; i < kMail; ++i) with_tail += tails.tail_for(label, spread(static_cast<std::uint64_t>(i))) != nullptr;
  return static_cast<double>(with_tail) / kMail;
}

TEST(InnocentTails, GiveTheAskedShareOfTheSpamAndAThirdOfItOfTheHam) {
  InnocentTails tails(0.3);
  tails.offer(Label::Ham, with_text(2000, 'a'), {});
  EXPECT_NEAR(share_with_tail(tails, Label::Spam), 0.3, 0.03);
  EXPECT_NEAR(share_with_tail(tails, Label::Phishing), 0.3, 0.03);
  EXPECT_NEAR(share_with_tail(tails, Label::Ham), 0.1, 0.02);
}

TEST(InnocentTails, ComeFromLongTextsOfHamOnly) {
  InnocentTails tails(0.9);
  tails.offer(Label::Spam, with_text(2000, 's'), {});
  tails.offer(Label::Ham, with_text(100, 'h'), {});
  EXPECT_EQ(share_with_tail(tails, Label::Spam), 0);
  tails.offer(Label::Ham, with_text(2000, 'a'), {});
  tails.offer(Label::Ham, with_text(2000, 'b'), {});
  std::set<char> seen;
  for (std::uint64_t i = 0; i < 200; ++i) {
    if (const Tail* tail = tails.tail_for(Label::Spam, spread(i))) seen.insert(tail->text.front());
  }
  EXPECT_EQ(seen, (std::set<char>{'a', 'b'}));
}

TEST(InnocentTails, AreNotRememberedWhenNoneAreWanted) {
  InnocentTails tails(0);
  tails.offer(Label::Ham, with_text(2000, 'a'), {});
  EXPECT_EQ(share_with_tail(tails, Label::Spam), 0);
}

TEST(InnocentTails, AreCutBetweenCharacters) {
  InnocentTails tails(1);
  Message message;
  message.text = "x";
  for (int i = 0; i < 6000; ++i) message.text += "\u00e9";
  tails.offer(Label::Ham, message, {});
  const Tail* tail = tails.tail_for(Label::Spam, 0);
  ASSERT_TRUE(tail);
  EXPECT_LT(tail->text.size(), message.text.size());
  EXPECT_EQ(static_cast<unsigned char>(tail->text.back()) & 0xC0, 0x80);  // a whole two-octet character at the end
}

TEST(InnocentTails, StandBehindTextAndHtml) {
  Message message;
  message.text = "start";
  append_tail(message, "tail");
  EXPECT_EQ(message.text, "start\n\ntail");
  EXPECT_EQ(message.html_text, "");
  message.html_text = "html";
  append_tail(message, "tail");
  EXPECT_EQ(message.html_text, "html\n\ntail");
}

// A tail without its links was learnt, and met with them.
TEST(InnocentTails, BringTheLinksOfPlainText) {
  Message plain, html;
  plain.shape.text_parts = 1;
  html.html_text = "html";
  for (Message* message : {&plain, &html}) append_tail(*message, "see https://wiki.example.org/page");
  ASSERT_EQ(plain.links.size(), 1u);
  EXPECT_EQ(plain.links.front().host, "wiki.example.org");
  EXPECT_TRUE(html.links.empty());
}

}  // namespace
}  // namespace winnow
