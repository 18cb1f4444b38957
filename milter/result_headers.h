// result_headers.h - the headers Winnow writes on a message, as design and documentation promise them.
//
// Owns:    plain values.
// Fails:   never.
// Units:   X-Spam-Score is a percentage, X-Spam-Level a star for every full 10 %, probability in X-Winnow 0..1; all are
//          rounded down, so that no figure shows a threshold that was not reached.
#pragma once

#include <string>
#include <vector>

#include "milter/judge.h"

namespace winnow {

struct ResultHeader {
  std::string name;
  std::string value;  // folded with "\n\t"
  bool operator==(const ResultHeader&) const = default;
};

/// From top to bottom: X-Spam-Flag, X-Spam, the flag header, X-Spam-Score, X-Spam-Level, X-Winnow - those that apply.
std::vector<ResultHeader> result_headers(const Judgement& judgement, const HeaderSettings& settings);

}  // namespace winnow
