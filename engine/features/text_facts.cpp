// text_facts.cpp - a small state machine per character; what needs a look back keeps it in members.
#include "engine/features/text_facts.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "config/ascii.h"
#include "engine/features/scripts.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

bool is_capital(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return u_isupper(static_cast<UChar32>(c)) != 0;
}

bool is_currency(char32_t c) {
  return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20C0) || c == 0xFF04 || c == 0xFFE5;
}

class Counter {
 public:
  /// A character that is not ASCII.
  void take(char32_t c) {
    ++facts.characters;
    exclamation(c);
    number(c);
    const Script script = script_of(c);
    const bool styled = is_styled_letter(c);
    if (styled) ++facts.styled_letters;
    if (script != Script::None || styled) {
      letter(c, script);
    } else if (is_zero_width(c)) {
      ++facts.zero_width;  // does not end the word it splits
    } else {
      end_word();
    }
    if (c == 0xFF1F) ++facts.questions;
    if (c == 0xFF05) ++facts.percents;
    if (is_emoji(c)) ++facts.emoji;
  }

  /// The same for an ASCII character that is no letter.
  void take_ascii(char c) {
    ++facts.characters;
    exclamation(static_cast<char32_t>(c));
    number(static_cast<char32_t>(c));
    end_word();
    if (c == '\n') ++facts.lines;
    if (c == '?') ++facts.questions;
    if (c == '%') ++facts.percents;
  }

  /// The same for the run of ASCII letters that begins at `at`, which most text is. Returns its end.
  std::size_t take_letters(std::string_view text, std::size_t at) {
    std::size_t end = at, capitals = 0;
    for (; end < text.size(); ++end) {
      const std::uint8_t kind = octet_kind(text[end]);
      if ((kind & kLetter) == 0) break;
      capitals += kind / kCapital;
    }
    const std::size_t letters = end - at;
    facts.characters += letters;
    facts.letters += letters;
    facts.latin += letters;
    facts.capitals += capitals;
    word_letters_ += letters;
    word_capitals_ += capitals;
    word_latin_ = true;
    run_ = 0;
    currency_near_ = digit_near_ = false;
    end_phone();
    return end;
  }

  void finish() {
    end_word();
    end_phone();
    if (facts.characters > 0) ++facts.lines;
  }

  TextFacts facts;

 private:
  void exclamation(char32_t c) {
    const bool mark = c == '!' || c == 0xFF01 || c == 0xA1;
    run_ = mark ? run_ + 1 : 0;
    if (mark) ++facts.exclamations;
    facts.exclamation_run = std::max(facts.exclamation_run, run_);
  }

  /// "$ 5", "5 €", "+49 30 1234567", "(555) 010-0199"
  void number(char32_t c) {
    const bool digit = c >= '0' && c <= '9';
    if (digit) {
      ++facts.digits;
      ++phone_digits_;
      if (currency_near_) ++facts.amounts;
      currency_near_ = false;
      digit_near_ = true;
      return;
    }
    if (is_currency(c)) {
      if (digit_near_) ++facts.amounts;
      currency_near_ = !digit_near_;
      digit_near_ = false;
    } else if (c != ' ' && c != 0xA0) {
      currency_near_ = digit_near_ = false;
    }
    const bool separator = c == ' ' || c == '-' || c == '(' || c == ')' || c == '+' || c == '/';
    if (!separator) end_phone();
    if (separator && phone_digits_ > 0) ++phone_groups_;
  }

  void end_phone() {
    if (phone_digits_ >= 9 && phone_digits_ <= 15 && phone_groups_ >= 1) ++facts.phone_numbers;
    phone_digits_ = phone_groups_ = 0;
  }

  void letter(char32_t c, Script script) {
    ++facts.letters;
    ++word_letters_;
    if (is_capital(c)) {
      ++facts.capitals;
      ++word_capitals_;
    }
    switch (script) {
      case Script::Latin:
        ++facts.latin;
        word_latin_ = true;
        break;
      case Script::Cyrillic:
        ++facts.cyrillic;
        word_foreign_ = true;
        break;
      case Script::Greek:
        ++facts.other_script;
        word_foreign_ = true;
        break;
      case Script::Han:
      case Script::Kana:
      case Script::Hangul:
        ++facts.cjk;
        break;
      case Script::Arabic:
      case Script::Hebrew:
        ++facts.arabic;
        break;
      case Script::None:
        break;
      default:
        ++facts.other_script;
    }
  }

  void end_word() {
    if (word_letters_ == 0) return;
    ++facts.words;
    if (word_letters_ >= 3 && word_capitals_ == word_letters_) ++facts.capital_words;
    if (word_latin_ && word_foreign_) ++facts.mixed_words;
    facts.longest_word = std::max(facts.longest_word, word_letters_);
    word_letters_ = word_capitals_ = 0;
    word_latin_ = word_foreign_ = false;
  }

  std::size_t run_ = 0;
  std::size_t phone_digits_ = 0, phone_groups_ = 0;
  std::size_t word_letters_ = 0, word_capitals_ = 0;
  bool word_latin_ = false, word_foreign_ = false;
  bool currency_near_ = false, digit_near_ = false;
};

}  // namespace

TextFacts count_text(std::string_view text) {
  text = utf8_prefix(text, kMaxCountedBytes);
  Counter counter;
  for (std::size_t at = 0; at < text.size();) {
    if ((octet_kind(text[at]) & kLetter) != 0) {
      at = counter.take_letters(text, at);
    } else if (static_cast<unsigned char>(text[at]) < 0x80) {
      counter.take_ascii(text[at++]);
    } else {
      counter.take(next_code_point(text, at));
    }
  }
  counter.finish();
  return counter.facts;
}

}  // namespace winnow
