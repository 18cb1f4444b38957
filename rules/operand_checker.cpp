#include "rules/operand_checker.h"

#include <algorithm>
#include <string>
#include <utility>

#include "config/text_checks.h"
#include "config/units.h"
#include "rules/constant_folding.h"

namespace winnow {
namespace {

using Checked = std::optional<Expression>;

bool is_textual(FactType type) { return type == FactType::Text || type == FactType::TextList; }

Comparison comparison_of(std::string_view word) {
  if (word == "==") return Comparison::Equal;
  if (word == "!=") return Comparison::Unequal;
  if (word == "<") return Comparison::Less;
  if (word == "<=") return Comparison::LessOrEqual;
  if (word == ">") return Comparison::Greater;
  return Comparison::GreaterOrEqual;
}

std::vector<Expression> pair_of(Expression left, Expression right) {
  std::vector<Expression> pair;
  pair.push_back(std::move(left));
  pair.push_back(std::move(right));
  return pair;
}

/// The operands of one operator, on their way to a condition.
class OperandChecker {
 public:
  OperandChecker(const SyntaxNode& node, const ReportProblem& report) : node_(node), report_(report) {}

  Checked check(Expression left, Expression right) {
    if (node_.text == "contains" || node_.text == "starts_with" || node_.text == "ends_with") {
      return check_part(std::move(left), std::move(right));
    }
    if (is_numeric(left.type) && is_numeric(right.type)) return check_numbers(std::move(left), std::move(right));
    return check_equality(std::move(left), std::move(right));
  }

  Checked check_match(Expression left) {
    const SyntaxNode& literal = node_.children[1];
    if (literal.kind != SyntaxKind::Text) return fail(literal.span, "'matches' needs a pattern in quotes on its right");
    if (!is_textual(left.type)) {
      return fail(node_.operator_span, "'matches' needs a text on its left, got " + name_of(left));
    }
    std::string why_not;
    std::shared_ptr<const TextPattern> pattern = make_pattern(literal.text, why_not);
    if (!pattern) return fail(literal.span, "the pattern cannot be used: " + why_not);
    return search(std::move(left), std::move(pattern));
  }

 private:
  static std::string name_of(const Expression& operand) { return std::string(type_name(operand.type)); }

  Checked fail(Span where, std::string text, std::string hint = {}) {
    report_(where, std::move(text), std::move(hint));
    return std::nullopt;
  }

  static Expression search(Expression texts, std::shared_ptr<const TextPattern> pattern) {
    Expression condition;
    condition.operation = Operation::Matches;
    condition.operand = std::move(pattern);
    return lookup_condition(std::move(condition), std::move(texts));
  }

  /// Letters beyond ASCII have two cases as well, which patterns know.
  static bool needs_pattern(const Expression& text) {
    return text.type == FactType::Text && is_constant(text) && !is_printable_ascii(text.text);
  }

  Checked search_plain(Expression texts, const SyntaxNode& part, TextPlace place) {
    std::string why_not;
    std::shared_ptr<const TextPattern> pattern = make_plain_pattern(part.text, place, why_not);
    if (!pattern) return fail(part.span, "the text cannot be looked for: " + why_not);
    return search(std::move(texts), std::move(pattern));
  }

  Checked fail_types(const Expression& left, const Expression& right) {
    return fail(node_.operator_span, "'" + node_.text + "' cannot compare " + name_of(left) + " with " + name_of(right),
                hint_for_types(left, right));
  }

  static std::string hint_for_types(const Expression& left, const Expression& right) {
    if (left.type == FactType::Bool) return "it is true or false: leave the comparison out, or write 'not' before it";
    const bool is_quoted_number = is_numeric(left.type) && is_constant(right) && right.type == FactType::Text;
    return is_quoted_number ? "numbers stand without quotes" : "";
  }

  Checked check_numbers(Expression left, Expression right) {
    if (!give_unit(left, right.type, node_.children[0]) || !give_unit(right, left.type, node_.children[1])) {
      return std::nullopt;
    }
    if (left.type != right.type) return fail_types(left, right);
    return condition_over(Operation::CompareNumbers, comparison_of(node_.text),
                          pair_of(std::move(left), std::move(right)));
  }

  /// A bare number beside a percentage is a fraction; beside a size or a duration only 0 is clear without a unit.
  bool give_unit(Expression& number, FactType other, const SyntaxNode& node) {
    if (number.type != FactType::Number || !is_constant(number)) return true;
    if (other == FactType::Percent && number.number > 1) {
      const std::string hint = number.number <= 100 ? "did you mean " + format_percent(number.number / 100) + "?" : "";
      report_(node.span, "a probability is between 0% and 100%", hint);
      return false;
    }
    if (other == FactType::Size && number.number != 0) {
      report_(node.span, "a size needs a unit", "write 10KiB or 5MiB");
      return false;
    }
    if (other == FactType::Duration && number.number != 0) {
      report_(node.span, "a duration needs a unit", "write 30min, 4h or 2d");
      return false;
    }
    number.type = other;
    return true;
  }

  Checked check_equality(Expression left, Expression right) {
    const Comparison comparison = comparison_of(node_.text);
    const bool is_equality = comparison == Comparison::Equal || comparison == Comparison::Unequal;
    if (left.type == FactType::TextList || right.type == FactType::TextList) {
      return fail(node_.operator_span, "'" + node_.text + "' cannot compare a list of texts",
                  "write 'in', or contains, starts_with, ends_with, matches");
    }
    if (is_equality && !read_address(left, right.type, node_.children[0])) return std::nullopt;
    if (is_equality && !read_address(right, left.type, node_.children[1])) return std::nullopt;
    if (left.type != right.type) return fail_types(left, right);
    if (!is_equality) {
      return fail(node_.operator_span, "'" + node_.text + "' compares numbers, got " + name_of(left));
    }
    if (needs_pattern(right)) return equal_text(comparison, std::move(left), node_.children[1]);
    if (needs_pattern(left)) return equal_text(comparison, std::move(right), node_.children[0]);
    const Operation operation = left.type == FactType::Bool   ? Operation::EqualBools
                                : left.type == FactType::Text ? Operation::EqualTexts
                                                              : Operation::EqualAddresses;
    return condition_over(operation, comparison, pair_of(std::move(left), std::move(right)));
  }

  Checked equal_text(Comparison comparison, Expression text, const SyntaxNode& literal) {
    Checked equal = search_plain(std::move(text), literal, TextPlace::Whole);
    if (!equal || comparison == Comparison::Equal) return equal;
    std::vector<Expression> operands;
    operands.push_back(std::move(*equal));
    return condition_over(Operation::Not, Comparison::Equal, std::move(operands));
  }

  /// A literal text beside an address is an address.
  bool read_address(Expression& text, FactType other, const SyntaxNode& node) {
    if (other != FactType::Ip || text.type != FactType::Text || !is_constant(text)) return true;
    const std::optional<IpBytes> address = parse_ip_bytes(text.text);
    if (!address) {
      report_(node.span, quoted_for_message(text.text) + " is not an address",
              IpNetwork::parse(text.text) ? "write 'in' for a network" : "");
      return false;
    }
    text.type = FactType::Ip;
    text.operand = *address;
    return true;
  }

  Checked check_part(Expression left, Expression right) {
    if (!is_textual(left.type) || right.type != FactType::Text) {
      return fail(node_.operator_span,
                  "'" + node_.text + "' needs texts, got " + name_of(left) + " and " + name_of(right));
    }
    const Span where = node_.children[1].span;
    const bool is_search = node_.text == "contains";
    // Two long texts of a sender's making could be searched in each other for minutes.
    if (is_search && !is_constant(right)) return fail(where, "'contains' needs a text in quotes on its right");
    if (is_constant(right) && right.text.empty()) return fail(where, "an empty text is part of every text");
    const bool is_start = node_.text == "starts_with";
    if (needs_pattern(right)) {
      const TextPlace place = is_search ? TextPlace::Anywhere : is_start ? TextPlace::Start : TextPlace::End;
      return search_plain(std::move(left), node_.children[1], place);
    }
    const Operation operation = is_search  ? Operation::Contains
                                : is_start ? Operation::StartsWith
                                           : Operation::EndsWith;
    return condition_over(operation, Comparison::Equal, pair_of(std::move(left), std::move(right)));
  }

  const SyntaxNode& node_;
  const ReportProblem& report_;
};

}  // namespace

std::optional<Expression> check_operands(const SyntaxNode& node, Expression left, Expression right,
                                         const ReportProblem& report) {
  return OperandChecker(node, report).check(std::move(left), std::move(right));
}

std::optional<Expression> check_match(const SyntaxNode& node, Expression left, const ReportProblem& report) {
  return OperandChecker(node, report).check_match(std::move(left));
}

}  // namespace winnow
