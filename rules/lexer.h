// lexer.h - an expression's text as tokens.
//
// Owns:    tokens own their text; spans count bytes of the expression.
// Fails:   the first thing that is no token is reported; the result is then nullopt.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

/// A stretch of an expression, in bytes.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 1;
};

/// Takes the problems of one expression: where, what, and a hint or "".
using ReportProblem = std::function<void(Span where, std::string text, std::string hint)>;

enum class TokenKind { Name, Text, Number, Percent, Size, Duration, Operator, End };

struct Token {
  TokenKind kind = TokenKind::End;
  Span span;
  std::string text;   // Name, Operator: as written; Text: without quotes
  double number = 0;  // Number; Percent as 0..1; Size in bytes; Duration in seconds

  bool is(std::string_view word) const {
    return (kind == TokenKind::Name || kind == TokenKind::Operator) && text == word;
  }
};

inline constexpr std::size_t kMaxExpressionBytes = 8192;

/// The tokens, an End token last.
std::optional<std::vector<Token>> read_tokens(std::string_view expression, const ReportProblem& report);

}  // namespace winnow
