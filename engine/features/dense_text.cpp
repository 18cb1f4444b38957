// dense_text.cpp - dense features of subject and visible text, and the keyword groups.
#include <algorithm>

#include "engine/features/dense_table.h"

namespace winnow {
namespace {

using F = const MessageFacts&;

double count(std::size_t value) { return static_cast<double>(value); }

double all_zero_width(F f) { return count(f.body.zero_width + f.subject.counts.zero_width); }

double scripts(F f) { return count(f.body.latin + f.body.cyrillic + f.body.cjk + f.body.arabic + f.body.other_script); }

template <KeywordGroup group>
float keywords(F f) {
  return log_scaled(count(f.keywords[static_cast<std::size_t>(group)]), 8);
}

}  // namespace

std::vector<DenseRow> text_rows() {
  return {
      {{"subject_exclamations", "exclamation marks in the subject", "0..1, log 5", "Subject",
        "exclamation marks in the subject"},
       [](F f) { return log_scaled(count(f.subject.counts.exclamations), 5); }},
      {{"subject_capitals", "share of capitals among the subject's letters, from 4 letters on", "0..1", "Subject",
        "capitals in the subject"},
       [](F f) {
         return f.subject.counts.letters < 4 ? 0
                                             : share(count(f.subject.counts.capitals), count(f.subject.counts.letters));
       }},
      {{"subject_all_capitals", "subject of 8 letters and more has no small letter", "0, 1", "Subject",
        "the subject is all capitals"},
       [](F f) {
         return flag(f.subject.counts.letters >= 8 && f.subject.counts.capitals == f.subject.counts.letters);
       }},
      {{"subject_digits", "share of digits in the subject", "0..1", "Subject", "digits in the subject"},
       [](F f) { return share(count(f.subject.counts.digits), count(f.subject.counts.characters)); }},
      {{"subject_length", "characters of the subject", "0..1, log 200", "Subject", "length of the subject"},
       [](F f) { return log_scaled(count(f.subject.counts.characters), 200); }},
      {{"subject_amounts", "amounts of money and percentages in the subject", "0..1, log 3", "Subject",
        "amounts or percentages in the subject"},
       [](F f) { return log_scaled(count(f.subject.counts.amounts + f.subject.counts.percents), 3); }},
      {{"subject_emoji", "emoji in the subject", "0..1, log 3", "Subject", "emoji in the subject"},
       [](F f) { return log_scaled(count(f.subject.counts.emoji), 3); }},
      {{"text_exclamations", "exclamation marks per 100 words", "0..1, log 10", "text",
        "exclamation marks in the text"},
       [](F f) { return log_scaled(100 * count(f.body.exclamations) / (count(f.body.words) + 20), 10); }},
      {{"text_exclamation_run", "exclamation marks in a row", "0..1, log 5", "text, Subject",
        "exclamation marks in a row"},
       [](F f) {
         return log_scaled(count(std::max(f.body.exclamation_run, f.subject.counts.exclamation_run)) - 1, 5);
       }},
      {{"text_capitals", "share of capitals among the letters", "0..1", "text", "capitals in the text"},
       [](F f) { return share(count(f.body.capitals), count(f.body.letters)); }},
      {{"text_capital_words", "share of words all in capitals", "0..1", "text", "words all in capitals"},
       [](F f) { return share(count(f.body.capital_words), count(f.body.words)); }},
      {{"text_digits", "share of digits", "0..1", "text", "digits in the text"},
       [](F f) { return share(count(f.body.digits), count(f.body.characters)); }},
      {{"text_length", "characters of the visible text", "0..1, log 20000", "text", "length of the text"},
       [](F f) { return log_scaled(count(f.body.characters), 20000); }},
      {{"text_amounts", "amounts of money", "0..1, log 10", "text", "amounts of money in the text"},
       [](F f) { return log_scaled(count(f.body.amounts), 10); }},
      {{"text_percents", "percent signs", "0..1, log 10", "text", "percent signs in the text"},
       [](F f) { return log_scaled(count(f.body.percents), 10); }},
      {{"text_phone_numbers", "telephone numbers", "0..1, log 5", "text", "telephone numbers in the text"},
       [](F f) { return log_scaled(count(f.body.phone_numbers), 5); }},
      {{"text_quoted", "share of quoted text", "0..1", "text", "quotes another mail"},
       [](F f) { return share(count(f.quoted_text.size()), count(f.quoted_text.size() + f.body_text.size())); }},
      {{"text_mixed_words", "words that mix Latin with Cyrillic or Greek letters", "0..1, log 5", "text, Subject",
        "words that mix Latin with Cyrillic or Greek letters"},
       [](F f) { return log_scaled(count(f.body.mixed_words + f.subject.counts.mixed_words), 5); }},
      {{"text_zero_width", "zero-width and direction characters", "0..1, log 30", "text, Subject",
        "invisible characters in the text"},
       [](F f) { return log_scaled(all_zero_width(f), 30); }},
      {{"text_styled_letters", "letters made of mathematical, circled or full-width characters", "0..1, log 20",
        "text, Subject", "letters made of mathematical or circled characters"},
       [](F f) { return log_scaled(count(f.body.styled_letters + f.subject.counts.styled_letters), 20); }},
      {{"text_disguised_words", "words behind a disguise: v1agra, p.i.l.l.s, look-alike letters", "0..1, log 5",
        "text, Subject", "disguised words"},
       [](F f) { return log_scaled(count(f.body_normal.recovered.size() + f.subject.normal.recovered.size()), 5); }},
      {{"text_longest_word", "letters of the longest word of a script with spaces", "0..1, log 60", "text",
        "an overlong word"},
       [](F f) { return f.body.cjk > 0 ? 0 : log_scaled(count(f.body.longest_word) - 20, 60); }},
      {{"script_latin", "share of Latin letters", "0..1", "text", "written in Latin letters"},
       [](F f) { return share(count(f.body.latin), scripts(f)); }},
      {{"script_cyrillic", "share of Cyrillic letters", "0..1", "text", "written in Cyrillic letters"},
       [](F f) { return share(count(f.body.cyrillic), scripts(f)); }},
      {{"script_cjk", "share of Han, Kana and Hangul", "0..1", "text", "written in Han, Kana or Hangul"},
       [](F f) { return share(count(f.body.cjk), scripts(f)); }},
      {{"script_arabic", "share of Arabic and Hebrew letters", "0..1", "text", "written in Arabic or Hebrew letters"},
       [](F f) { return share(count(f.body.arabic), scripts(f)); }},
  };
}

std::vector<DenseRow> keyword_rows() {
  return {
      {{"words_money", "different words about sums and transfers", "0..1, log 8", "text, Subject",
        "words about sums and transfers"},
       keywords<KeywordGroup::Money>},
      {{"words_urgency", "different words that press for time", "0..1, log 8", "text, Subject",
        "words that press for time"},
       keywords<KeywordGroup::Urgency>},
      {{"words_pharmacy", "different words about drugs and diets", "0..1, log 8", "text, Subject",
        "words about drugs and diets"},
       keywords<KeywordGroup::Pharmacy>},
      {{"words_account", "different words about accounts, passwords and verification", "0..1, log 8", "text, Subject",
        "words about accounts, passwords and verification"},
       keywords<KeywordGroup::Account>},
      {{"words_prize", "different words about prizes and gifts", "0..1, log 8", "text, Subject",
        "words about prizes and gifts"},
       keywords<KeywordGroup::Prize>},
      {{"words_credit", "different words about loans and debts", "0..1, log 8", "text, Subject",
        "words about loans and debts"},
       keywords<KeywordGroup::Credit>},
      {{"words_investment", "different words about shares, coins and profits", "0..1, log 8", "text, Subject",
        "words about shares, coins and profits"},
       keywords<KeywordGroup::Investment>},
      {{"words_adult", "different words about sex and dating", "0..1, log 8", "text, Subject",
        "words about sex and dating"},
       keywords<KeywordGroup::Adult>},
      {{"words_gambling", "different words about casinos and bets", "0..1, log 8", "text, Subject",
        "words about casinos and bets"},
       keywords<KeywordGroup::Gambling>},
      {{"words_offer", "different words of advertising", "0..1, log 8", "text, Subject", "words of advertising"},
       keywords<KeywordGroup::Offer>},
      {{"words_inheritance", "different words of advance-fee letters", "0..1, log 8", "text, Subject",
        "words of advance-fee letters"},
       keywords<KeywordGroup::Inheritance>},
      {{"words_extortion", "different words of extortion letters", "0..1, log 8", "text, Subject",
        "words of extortion letters"},
       keywords<KeywordGroup::Extortion>},
      {{"words_delivery", "different words about parcels", "0..1, log 8", "text, Subject", "words about parcels"},
       keywords<KeywordGroup::Delivery>},
      {{"words_marketing", "different words of unasked business offers", "0..1, log 8", "text, Subject",
        "words of unasked business offers"},
       keywords<KeywordGroup::Marketing>},
  };
}

}  // namespace winnow
