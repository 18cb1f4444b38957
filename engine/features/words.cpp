// words.cpp - ICU's NFKC_Casefold for what is not ASCII; word borders by character class.
#include "engine/features/words.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "config/ascii.h"
#include "engine/features/scripts.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

constexpr std::size_t kHashedBytes = 40;
constexpr std::size_t kMaxRecovered = 50;

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

bool is_word_character(char32_t c) {
  if (c < 0x80) return is_alnum(static_cast<char>(c));
  const auto code = static_cast<UChar32>(c);
  return u_isalnum(code) != 0 || (U_GET_GC_MASK(code) & U_GC_M_MASK) != 0;
}

/// "vi@gra" and "ca$h", but not the @ of an address.
bool is_inner_symbol(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c != '@' && c != '$') return false;
  if (at == 0 || at + 1 >= text.size() || !is_alpha(text[at - 1]) || !is_alpha(text[at + 1])) return false;
  std::size_t end = at + 1;
  while (end < text.size() && end - at < 64 && (is_alnum(text[end]) || text[end] == '-')) ++end;
  return end >= text.size() || text[end] != '.';
}

/// Letters that look like digits and signs. '1' is read as 'i': "v1agra"; as 'l' it is rarer.
char plain_letter(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return c;
  }
}

/// "v1agra" -> "viagra": a sign or digit with letters on both sides, and at most half of the word.
std::string without_leet(std::string_view word) {
  std::string plain;
  std::size_t changed = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (!is_alnum(c) && c != '@' && c != '$') return {};
    plain += plain_letter(c);
    if (plain.back() == c) {
      if (is_digit(c)) return {};
      continue;
    }
    ++changed;
    if (i == 0 || !is_alpha(word[0])) return {};
  }
  const bool letter_end = !word.empty() && is_alpha(word.back());
  return changed > 0 && changed * 2 <= word.size() && letter_end && word.size() >= 4 ? plain : std::string();
}

/// A word that mixes Latin with look-alike letters, as its Unicode skeleton (UTS 39).
std::string without_homoglyphs(std::string_view word) {
  bool latin = false, foreign = false;
  for (std::size_t at = 0; at < word.size();) {
    const Script script = script_of(next_code_point(word, at));
    latin = latin || script == Script::Latin;
    foreign = foreign || script == Script::Cyrillic || script == Script::Greek;
  }
  if (!latin || !foreign) return {};
  static const USpoofChecker* const checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    return uspoof_open(&status);
  }();
  if (checker == nullptr) return {};
  char skeleton[256];
  UErrorCode status = U_ZERO_ERROR;
  const int32_t length =
      uspoof_getSkeletonUTF8(checker, 0, word.data(), static_cast<int32_t>(std::min<std::size_t>(word.size(), 80)),
                             skeleton, static_cast<int32_t>(sizeof skeleton), &status);
  if (U_FAILURE(status) || length <= 0 || length > static_cast<int32_t>(sizeof skeleton)) return {};
  return normal_form(std::string_view(skeleton, static_cast<std::size_t>(length)));
}

constexpr std::array<char, 256> kPlainOctets = [] {
  std::array<char, 256> plain{};
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    plain[static_cast<std::size_t>(octet)] = is_space(c) ? ' ' : to_lower(c);
  }
  return plain;
}();

/// Small ASCII letters, and one space for white space: where lines were broken says nothing, and plain text breaks them
/// where HTML does not.
void collapse_spaces(std::string& text) {
  std::size_t kept = 0;
  bool space = true;  // also drops leading ones
  for (const char written : text) {
    const char c = kPlainOctets[static_cast<unsigned char>(written)];
    const bool is_gap = c == ' ';
    text[kept] = c;
    kept += is_gap && space ? 0 : 1;
    space = is_gap;
  }
  text.resize(kept);
}

class Splitter {
 public:
  Splitter(NormalText& result, std::size_t max_words) : result_(result), max_words_(max_words) {}

  void run() {
    const std::string_view text = result_.text;
    std::size_t at = 0;
    while (at < text.size() && result_.words.size() < max_words_) {
      const std::size_t begin = at;
      if ((octet_kind(text[at]) & kAlnum) != 0) {
        at = take_letters(at);
        continue;
      }
      const char32_t c = next_code_point(text, at);
      const bool inner = begin > start_ && in_word_ && is_inner_symbol(text, begin);
      if (!is_word_character(c) && !inner) {
        finish(begin);
        continue;
      }
      continue_word(begin, is_without_spaces(c));
      kinds_ |= kOther;
    }
    finish(at);
    finish_spaced_run();
  }

 private:
  static constexpr std::uint8_t kOther = 0x80;  // no ASCII letter and no digit

  /// A run of ASCII letters and digits, which most text is: no look at Unicode. Returns its end.
  std::size_t take_letters(std::size_t at) {
    const std::string_view text = result_.text;
    continue_word(at, false);
    for (; at < text.size(); ++at) {
      const std::uint8_t kind = octet_kind(text[at]);
      if ((kind & kAlnum) == 0) break;
      kinds_ |= kind;
    }
    return at;
  }

  void continue_word(std::size_t begin, bool no_spaces) {
    if (in_word_ && no_spaces != no_spaces_) finish(begin);
    if (in_word_) return;
    in_word_ = true;
    start_ = begin;
    no_spaces_ = no_spaces;
    kinds_ = 0;
  }

  void finish(std::size_t end) {
    if (!in_word_ || result_.words.size() >= max_words_) return;
    in_word_ = false;
    const std::string_view word = std::string_view(result_.text).substr(start_, end - start_);
    const std::uint64_t hash = (kinds_ & kDigit) == 0 ? hash_of(word.substr(0, kHashedBytes)) : word_hash(word);
    result_.words.push_back(
        {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(end - start_), hash, no_spaces_});
    if (no_spaces_) return;
    note_spaced_letter(word);
    if ((kinds_ & ~kLetter) != 0) note_disguise(word);
  }

  void note_disguise(std::string_view word) {
    if (word.size() < 4 || word.size() > 40) return;
    const bool ascii = is_ascii(word);
    if (ascii && !is_alpha(word.front())) return;
    recover(ascii ? without_leet(word) : without_homoglyphs(word));
  }

  /// "v i a g r a", "v.i.a.g.r.a", "v-i-a-g-r-a": letters with one character between them.
  void note_spaced_letter(std::string_view word) {
    const bool letter = word.size() == 1 && is_alpha(word[0]);
    if (letter && start_ == spaced_end_ + 1 && !spaced_.empty()) {
      spaced_ += word;
    } else {
      finish_spaced_run();
      if (letter) spaced_ = word;
    }
    spaced_end_ = start_ + word.size();
  }

  void finish_spaced_run() {
    if (spaced_.empty()) return;
    constexpr std::size_t kFewest = 4;
    if (spaced_.size() >= kFewest) recover(spaced_);
    spaced_.clear();
  }

  void recover(std::string word) {
    if (!word.empty() && result_.recovered.size() < kMaxRecovered) result_.recovered.push_back(std::move(word));
  }

  NormalText& result_;
  const std::size_t max_words_;
  std::size_t start_ = 0;
  bool in_word_ = false, no_spaces_ = false;
  std::uint8_t kinds_ = 0;  // of the word's octets
  std::string spaced_;
  std::size_t spaced_end_ = 0;
};

constexpr int kLongestRun = 30;

/// Whether more than kLongestRun characters in a row may join the one before them. They take two octets or more each, so a
/// longer run holds one of the octets that are looked at.
bool may_hold_long_run(const icu::Normalizer2& normalizer, std::string_view text) {
  constexpr int32_t kStep = 2 * kLongestRun;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t look = 0; look < size; look += kStep) {
    int32_t at = look;
    while (at > 0 && U8_IS_TRAIL(text[static_cast<std::size_t>(at)])) --at;
    UChar32 character;
    U8_NEXT(text.data(), at, size, character);
    if (character >= 0x80 && !normalizer.hasBoundaryBefore(character)) return true;
  }
  return false;
}

/// A beginning of the text in which no more than kLongestRun characters in a row join the one before them. ICU sorts each
/// such run in quadratic time, and a hostile mail is one run. Source: Stream-Safe Text Format, UAX 15 section 13.
std::string_view stream_safe_prefix(const icu::Normalizer2& normalizer, std::string_view text) {
  const auto size = static_cast<int32_t>(text.size());
  int run = 0;
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 character;
    U8_NEXT(text.data(), at, size, character);
    const bool joins = character >= 0x80 && !normalizer.hasBoundaryBefore(character);
    run = joins ? run + 1 : 0;
    if (run > kLongestRun) return text.substr(0, static_cast<std::size_t>(begin));
  }
  return text;
}

/// False when ICU fails.
bool append_normal_form(const icu::Normalizer2& normalizer, std::string_view text, std::string& result) {
  icu::StringByteSink<std::string> sink(&result);
  const bool is_suspicious = may_hold_long_run(normalizer, text);
  while (!text.empty()) {
    const std::string_view part = is_suspicious ? stream_safe_prefix(normalizer, text) : text;
    UErrorCode status = U_ZERO_ERROR;
    normalizer.normalizeUTF8(0, icu::StringPiece(part.data(), static_cast<int32_t>(part.size())), sink, nullptr,
                             status);
    if (U_FAILURE(status)) return false;
    text.remove_prefix(part.size());
  }
  return true;
}

/// Lines and signs that are drawn over, under or around a letter and belong to no alphabet.
bool is_overlay(char32_t c) {
  return c == 0x0305 || c == 0x0332 || c == 0x0333 || c == 0x033F || (c >= 0x0334 && c <= 0x0338) || c == 0x0488 ||
         c == 0x0489 || (c >= 0x20D0 && c <= 0x20F0);
}

/// They disguise words as zero-width characters do, and are read over as those are.
void drop_overlays(std::string& text, std::size_t from) {
  std::size_t kept = from;
  for (std::size_t at = from; at < text.size();) {
    const std::size_t begin = at;
    if (is_overlay(next_code_point(text, at))) continue;
    for (std::size_t i = begin; i < at; ++i) text[kept++] = text[i];
  }
  text.resize(kept);
}

/// Of the ASCII octets in front, which join nothing before them: all of them, or all but the one that a mark behind it may
/// join.
std::size_t ascii_length(std::string_view text) {
  const std::size_t run = ascii_run(text);
  return run == text.size() || run == 0 ? run : run - 1;
}

/// Up to the next stretch of ASCII that is long enough to be worth another call of ICU.
std::size_t mixed_length(std::string_view text) {
  constexpr std::size_t kLong = 48;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t run = ascii_run(text.substr(at));
    if (run >= kLong) break;
    at += run;
    while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80) ++at;
  }
  return at;
}

}  // namespace

std::string normal_form(std::string_view text) {
  static const icu::Normalizer2* const normalizer = [] {
    UErrorCode status = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(status);
  }();
  if (normalizer == nullptr) return to_lower(text);
  std::string result;
  result.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t ascii = ascii_length(rest);
    result += to_lower(rest.substr(0, ascii));
    rest.remove_prefix(ascii);
    const std::string_view mixed = rest.substr(0, mixed_length(rest));
    const std::size_t begin = result.size();
    if (!append_normal_form(*normalizer, mixed, result)) return to_lower(text);
    drop_overlays(result, begin);
    rest.remove_prefix(mixed.size());
  }
  return result;
}

NormalText normalise_text(std::string_view text, std::size_t max_words) {
  NormalText result;
  normalise_text(text, max_words, result);
  return result;
}

void normalise_text(std::string_view text, std::size_t max_words, NormalText& result) {
  result.words.clear();
  result.recovered.clear();
  if (is_ascii(text)) {
    result.text = text;  // collapse_spaces() does the rest
  } else {
    result.text = normal_form(text);
  }
  collapse_spaces(result.text);
  result.words.reserve(std::min(max_words, result.text.size() / 5 + 4));
  Splitter(result, max_words).run();
}

std::uint64_t word_hash(std::string_view word) {
  word = word.substr(0, kHashedBytes);
  char shaped[kHashedBytes];
  for (std::size_t i = 0; i < word.size(); ++i) shaped[i] = is_digit(word[i]) ? '0' : word[i];
  return hash_of({shaped, word.size()});
}

std::uint64_t pair_hash(std::uint64_t first, std::uint64_t second) {
  // Not symmetric: "free money" is not "money free".
  const std::uint64_t mixed = (first ^ 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL + second;
  return (mixed ^ (mixed >> 29)) * 0x94D049BB133111EBULL;
}

}  // namespace winnow
