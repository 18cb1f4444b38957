// glob.h - '*' and '?' over a whole text: "news-*@*.shop.example".
//
// Owns:    its tables: 2 KiB for each 64 characters of the pattern.
// Threads: immutable.
// Blocks:  never; one pass over the text for each 64 characters of the pattern, whatever both hold, and texts over
//          kMaxGlobTextBytes do not match.
// Fails:   never.
// Case:    ASCII letters are equal in both cases. '?' is one code point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

// A thousand globs over thousands of names that a sender chose: names and addresses are far shorter.
inline constexpr std::size_t kMaxGlobTextBytes = 1024;

/// A text as many globs look at it.
class GlobText {
 public:
  explicit GlobText(std::string_view text);

 private:
  friend class Glob;
  bool is_too_long_;
  std::string folded_;  // small letters; NUL for each byte that is not UTF-8
};

class Glob {
 public:
  explicit Glob(std::string_view pattern);
  bool fits(const GlobText& text) const;

 private:
  using Word = std::uint64_t;

  template <typename Count>
  bool reaches_end(std::string_view text, Count words) const;
  void take(unsigned char byte, std::size_t place) { taking_[byte * words_ + place / 64] |= Word{1} << place % 64; }

  // Bit N stands for the place behind the first N characters of the pattern, stars not counted. All places that the text
  // may have come to are known at once.
  std::size_t places_;
  std::size_t words_;           // 64 places each
  std::vector<Word> taking_;    // of each byte: the places from which it leads to the next one
  std::vector<Word> staying_;   // before a star: any byte may stand there
  std::vector<Word> resuming_;  // the same, and behind a '?', which the further bytes of its code point do not leave
};

}  // namespace winnow
