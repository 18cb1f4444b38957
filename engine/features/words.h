// words.h - text brought to one form and cut into words, so that spelling tricks meet the plain word.
//
// Owns:    NormalText owns its text; words are positions in it.
// Threads: any.
// Blocks:  never; linear in the text, at most max_words words.
// Fails:   never. `text` must be valid UTF-8.
// Form:    NFKC with case folding and without default-ignorable characters (UAX 31): full-width and mathematical
//          letters become plain ones, zero-width characters and soft hyphens vanish. Scripts without spaces (Han, Kana,
//          Thai ...) give runs, which the callers cut into character bigrams and trigrams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/charset.h"

namespace winnow {

struct Word {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
  std::uint64_t hash = 0;  // of the word with digits as '0'
  bool no_spaces = false;  // a run of a script without spaces
};

struct NormalText {
  std::string text;
  std::vector<Word> words;
  std::vector<std::string>
      recovered;  // words behind a disguise: "v1agra", "p.a.y.p.a.l", Cyrillic letters in Latin words

  std::string_view word(const Word& word) const { return std::string_view(text).substr(word.begin, word.length); }
};

/// Text in normal form, without words.
std::string normal_form(std::string_view text);

NormalText normalise_text(std::string_view text, std::size_t max_words);
/// The same into `result`, whose memory is used again.
void normalise_text(std::string_view text, std::size_t max_words, NormalText& result);

/// Hash of a word in normal form; digits count as '0', long words by their first 40 bytes.
std::uint64_t word_hash(std::string_view word);

/// Hash of two words that follow each other.
std::uint64_t pair_hash(std::uint64_t first, std::uint64_t second);

/// Calls use(gram) for each run of `size` characters of `text`, at most `max` of them.
template <typename Use>
void for_each_gram(std::string_view text, std::size_t size, std::size_t max, Use use) {
  if (is_ascii(text.substr(0, max + size))) {  // as far as it is read, a character is an octet
    for (std::size_t at = 0; at + size <= text.size() && max > 0; ++at, --max) use(text.substr(at, size));
    return;
  }
  std::size_t starts[8] = {};
  std::size_t seen = 0;
  for (std::size_t at = 0; at <= text.size() && max > 0; ++at) {
    const bool begins = at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (!begins) continue;
    if (seen >= size) {
      const std::size_t from = starts[(seen - size) % 8];
      use(text.substr(from, at - from));
      --max;
    }
    starts[seen++ % 8] = at;
  }
}

}  // namespace winnow
