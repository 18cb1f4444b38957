// glob.h - '*' and '?' over a whole text: "news-*@*.shop.example".
//
// Owns:    its pieces.
// Threads: immutable.
// Blocks:  never; the time is at most text times pattern, whatever both hold, and texts over kMaxGlobTextBytes do not match.
// Case:    ASCII letters are equal in both cases. '?' is one code point.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

// A thousand globs over thousands of names that a sender chose: names and addresses are far shorter.
inline constexpr std::size_t kMaxGlobTextBytes = 1024;

class Glob {
 public:
  explicit Glob(std::string_view pattern);
  bool fits(std::string_view text) const;

 private:
  std::vector<std::string> pieces_;  // between the stars; "" before a leading and after a trailing one
};

}  // namespace winnow
