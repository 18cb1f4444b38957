// syntax.h - an expression as it was written: the parser's result, the type checker's input.
//
// Owns:    each node owns its children.
#pragma once

#include <string>
#include <vector>

#include "rules/lexer.h"

namespace winnow {

enum class SyntaxKind {
  Or,       // two or more children
  And,      // two or more children
  Not,      // one child
  Compare,  // left, right; text is the operator: == != < <= > >= in matches contains starts_with ends_with
  Name,     // text
  Call,     // text is the function; children are its arguments
  Text,     // text
  Number,   // number, and so on
  Percent,
  Size,
  Duration,
  Bool,  // number is 0 or 1
  List,  // children
};

struct SyntaxNode {
  SyntaxKind kind = SyntaxKind::Bool;
  Span span;           // the whole of it
  Span operator_span;  // Or, And: the first operator; Not, Compare: the operator
  std::string text;
  double number = 0;
  std::vector<SyntaxNode> children;
};

}  // namespace winnow
