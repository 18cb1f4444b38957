#include "models/mail_kind.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

std::string kind_of_text(const std::string& subject, const std::string& text) {
  Message message;
  message.subject = subject;
  message.text = text;
  return kind_of(message);
}

TEST(MailKind, IsTheLanguageOfTheText) {
  EXPECT_EQ(kind_of_text("minutes", "please find the minutes of our meeting below, and tell me what is missing"),
            "en plain");
  EXPECT_EQ(kind_of_text("Termin", "wir möchten Sie daran erinnern, dass Ihr Termin am Montag um zehn Uhr ist"),
            "de plain");
  EXPECT_EQ(kind_of_text("", "nous vous remercions de votre commande, qui vous sera livrée demain matin"), "fr plain");
  EXPECT_EQ(kind_of_text("встреча", "напоминаем вам о встрече в понедельник утром в нашем офисе"), "ru plain");
  EXPECT_EQ(kind_of_text("", "明日の会議の資料をお送りしますので、ご確認ください"), "ja plain");
}

TEST(MailKind, SaysNoLanguageWhereNothingTellsIt) {
  EXPECT_EQ(kind_of_text("", ""), "? plain");
  EXPECT_EQ(kind_of_text("#4711", "12.50 300 17:45"), "? plain");
}

TEST(MailKind, SaysNoLanguageOfTextWithControlCharacters) {
  EXPECT_EQ(kind_of_text("", "please find the minutes of our \x1b$B meeting below, and tell me what is missing"),
            "? plain");
}

TEST(MailKind, IsThatOfThePlainPartBesideHtml) {
  Message message;
  message.text = "wir möchten Sie daran erinnern, dass Ihr Termin am Montag um zehn Uhr ist";
  message.html_text = "please find the minutes of our meeting below, and tell me what is missing";
  EXPECT_EQ(kind_of(message), "de html");
}

TEST(MailKind, SaysWhetherThereIsHtml) {
  Message message;
  message.text = message.html_text = "please find the minutes of our meeting below, and tell me what is missing";
  EXPECT_EQ(kind_of(message), "en html");
}

TEST(MailKind, IsToldByTheBeginningOfALongText) {
  std::string text;
  while (text.size() < 5000) text += "wir möchten Sie daran erinnern, dass Ihr Termin am Montag ist. ";
  for (int i = 0; i < 1000; ++i) text += "please find the minutes of our meeting below. ";
  EXPECT_EQ(kind_of_text("", text), "de plain");
}

}  // namespace
}  // namespace winnow
