#include "rules/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "config/diagnostics.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

constexpr std::array<std::string_view, 11> kComparisons{
    "==", "!=", "<", "<=", ">", ">=", "in", "matches", "contains", "starts_with", "ends_with"};

bool is_comparison(const Token& token) {
  return std::any_of(kComparisons.begin(), kComparisons.end(), [&](std::string_view word) { return token.is(word); });
}

Span joined(Span from, Span to) { return {from.offset, to.offset + to.length - from.offset}; }

using Parsed = std::optional<SyntaxNode>;

class Parser {
 public:
  Parser(std::vector<Token> tokens, const ReportProblem& report) : tokens_(std::move(tokens)), report_(report) {}

  Parsed run() {
    Parsed tree = parse_or();
    if (tree && now().kind != TokenKind::End) return fail_after_value();
    return tree;
  }

 private:
  const Token& now() const { return tokens_[at_]; }

  Token take() {
    Token token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }

  Parsed fail(Span where, std::string text, std::string hint = {}) {
    report_(where, std::move(text), std::move(hint));
    return std::nullopt;
  }

  Parsed fail_after_value() {
    if (is_comparison(now())) {
      return fail(now().span, "comparisons cannot be chained", "write 'a < b and b < c'");
    }
    if (now().is("not")) return fail(now().span, "expected an operator, got 'not'", "write 'not (a in b)'");
    return fail(now().span, "expected an operator or the end, got " + shown(now()), hint_after_value());
  }

  std::string hint_after_value() const {
    const bool is_after_number = at_ > 0 && tokens_[at_ - 1].kind == TokenKind::Number;
    if (is_after_number && now().is(",")) return "decimals are written with a point, such as 99.5%";
    if (now().kind != TokenKind::Name) return "";
    const std::string hint =
        did_you_mean(now().text, {"and", "or", "in", "matches", "contains", "starts_with", "ends_with"});
    return hint.empty() && is_after_number ? "a unit stands right behind its number, such as 5MiB or 2d" : hint;
  }

  static std::string shown(const Token& token) {
    switch (token.kind) {
      case TokenKind::End:
        return "the end";
      case TokenKind::Text:
        return "a text";
      case TokenKind::Number:
      case TokenKind::Percent:
      case TokenKind::Size:
      case TokenKind::Duration:
        return "a number";
      default:
        return quoted_for_message(token.text);
    }
  }

  Parsed parse_or() { return parse_joined("or", SyntaxKind::Or, &Parser::parse_and); }
  Parsed parse_and() { return parse_joined("and", SyntaxKind::And, &Parser::parse_not); }

  /// One node for a whole chain, so that a long chain is wide and not deep.
  Parsed parse_joined(std::string_view word, SyntaxKind kind, Parsed (Parser::*parse_part)()) {
    Parsed first = (this->*parse_part)();
    if (!first || !now().is(word)) return first;
    SyntaxNode chain{kind, first->span, now().span, "", 0, {}};
    chain.children.push_back(std::move(*first));
    while (now().is(word)) {
      take();
      Parsed next = (this->*parse_part)();
      if (!next) return std::nullopt;
      chain.span = joined(chain.span, next->span);
      chain.children.push_back(std::move(*next));
    }
    return chain;
  }

  Parsed parse_not() {
    if (!now().is("not")) return parse_comparison();
    const Token word = take();
    if (++depth_ > kMaxExpressionDepth) return fail(word.span, "nested too deeply");
    Parsed operand = parse_not();
    --depth_;
    if (!operand) return std::nullopt;
    SyntaxNode node{SyntaxKind::Not, joined(word.span, operand->span), word.span, "", 0, {}};
    node.children.push_back(std::move(*operand));
    return node;
  }

  Parsed parse_comparison() {
    Parsed left = parse_value();
    if (!left || !is_comparison(now())) return left;
    const Token word = take();
    Parsed right = parse_value();
    if (!right) return std::nullopt;
    SyntaxNode node{SyntaxKind::Compare, joined(left->span, right->span), word.span, word.text, 0, {}};
    node.children.push_back(std::move(*left));
    node.children.push_back(std::move(*right));
    return node;
  }

  Parsed parse_value() {
    const Token token = take();
    switch (token.kind) {
      case TokenKind::Text:
        return SyntaxNode{SyntaxKind::Text, token.span, token.span, token.text, 0, {}};
      case TokenKind::Number:
        return SyntaxNode{SyntaxKind::Number, token.span, token.span, "", token.number, {}};
      case TokenKind::Percent:
        return SyntaxNode{SyntaxKind::Percent, token.span, token.span, "", token.number, {}};
      case TokenKind::Size:
        return SyntaxNode{SyntaxKind::Size, token.span, token.span, "", token.number, {}};
      case TokenKind::Duration:
        return SyntaxNode{SyntaxKind::Duration, token.span, token.span, "", token.number, {}};
      case TokenKind::Name:
        return parse_name(token);
      default:
        break;
    }
    if (token.is("(")) return parse_parentheses(token);
    if (token.is("[")) return parse_sequence(token, SyntaxKind::List, "]");
    return fail(token.span, "expected a value, got " + shown(token));
  }

  Parsed parse_name(const Token& token) {
    if (token.is("true") || token.is("false")) {
      return SyntaxNode{SyntaxKind::Bool, token.span, token.span, "", token.is("true") ? 1.0 : 0.0, {}};
    }
    if (is_reserved_word(token.text)) {
      return fail(token.span, "expected a value, got " + shown(token),
                  is_comparison(token) ? "it stands between its two values" : "");
    }
    if (!now().is("(")) return SyntaxNode{SyntaxKind::Name, token.span, token.span, token.text, 0, {}};
    Parsed call = parse_sequence(take(), SyntaxKind::Call, ")");
    if (!call) return std::nullopt;
    call->text = token.text;
    call->span = joined(token.span, call->span);
    call->operator_span = token.span;
    return call;
  }

  Parsed parse_parentheses(const Token& opening) {
    if (++depth_ > kMaxExpressionDepth) return fail(opening.span, "nested too deeply");
    Parsed inner = parse_or();
    --depth_;
    if (!inner) return std::nullopt;
    if (!now().is(")")) {
      if (now().kind != TokenKind::End) return fail_after_value();
      return fail(opening.span, "this parenthesis is never closed");
    }
    inner->span = joined(opening.span, take().span);
    return inner;
  }

  /// Literals and commas up to `closing`: the arguments of a call, the elements of a list.
  Parsed parse_sequence(const Token& opening, SyntaxKind kind, std::string_view closing) {
    SyntaxNode node{kind, opening.span, opening.span, "", 0, {}};
    while (!now().is(closing)) {
      if (now().kind == TokenKind::End) return fail(opening.span, "this '" + opening.text + "' is never closed");
      if (now().is("[") || now().is("(")) return fail(now().span, "lists hold texts, not other lists");
      Parsed element = parse_value();
      if (!element) return std::nullopt;
      node.children.push_back(std::move(*element));
      if (now().is(",")) {
        take();
      } else if (!now().is(closing) && now().kind != TokenKind::End) {
        return fail(now().span, "expected ',' or '" + std::string(closing) + "', got " + shown(now()));
      }
    }
    node.span = joined(opening.span, take().span);
    return node;
  }

  std::vector<Token> tokens_;
  const ReportProblem& report_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<SyntaxNode> parse_expression(std::string_view expression, const ReportProblem& report) {
  std::optional<std::vector<Token>> tokens = read_tokens(expression, report);
  if (!tokens) return std::nullopt;
  if (tokens->size() == 1) {
    report({0, 1}, "the condition is empty", "write 'true' for always");
    return std::nullopt;
  }
  return Parser(std::move(*tokens), report).run();
}

bool is_reserved_word(std::string_view word) {
  if (word == "and" || word == "or" || word == "not" || word == "true" || word == "false") return true;
  return std::find(kComparisons.begin(), kComparisons.end(), word) != kComparisons.end();
}

}  // namespace winnow
