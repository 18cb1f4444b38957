#include "rules/checker.h"

#include <algorithm>
#include <utility>

#include "config/text_checks.h"
#include "rules/constant_folding.h"
#include "rules/operand_checker.h"

namespace winnow {
namespace {

using Checked = std::optional<Expression>;

constexpr const char* kSeeFacts = "'winnow facts' lists them all";

const FactDeclaration* fact_named(std::string_view name) {
  const auto& table = fact_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& fact) { return fact.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Expression number_constant(FactType type, double number) {
  Expression constant;
  constant.type = type;
  constant.number = number;
  return constant;
}

Expression of_operation(Operation operation, FactType type) {
  Expression expression;
  expression.operation = operation;
  expression.type = type;
  return expression;
}

Expression value_of(const FactDeclaration& fact) {
  Expression expression = of_operation(Operation::Fact, fact.type);
  expression.fact = fact.fact;
  return expression;
}

Checked named_value(std::string_view name) {
  if (name == "junk") return of_operation(Operation::JunkThreshold, FactType::Percent);
  if (name == "flag") return of_operation(Operation::FlagThreshold, FactType::Percent);
  if (const FactDeclaration* fact = fact_named(name)) return value_of(*fact);
  return std::nullopt;
}

/// `names` and those of all facts.
std::vector<std::string> names_beside(std::vector<std::string> names) {
  for (const FactDeclaration& fact : fact_table()) names.emplace_back(fact.name);
  return names;
}

class Checker {
 public:
  Checker(const NameScope& scope, const ReportProblem& report) : scope_(scope), report_(report) {}

  Checked check(const SyntaxNode& node) {
    switch (node.kind) {
      case SyntaxKind::Or:
      case SyntaxKind::And:
      case SyntaxKind::Not:
        return check_logic(node);
      case SyntaxKind::Compare:
        return check_comparison(node);
      case SyntaxKind::Name:
        return check_name(node);
      case SyntaxKind::Call:
        return check_call(node);
      case SyntaxKind::Text: {
        Expression constant = number_constant(FactType::Text, 0);
        constant.text = node.text;
        return constant;
      }
      case SyntaxKind::Number:
        return number_constant(FactType::Number, node.number);
      case SyntaxKind::Percent:
        return number_constant(FactType::Percent, node.number);
      case SyntaxKind::Size:
        return number_constant(FactType::Size, node.number);
      case SyntaxKind::Duration:
        return number_constant(FactType::Duration, node.number);
      case SyntaxKind::Bool:
        return bool_constant(node.number != 0);
      case SyntaxKind::List:
        return fail(node.span, "a list may only stand on the right of 'in'");
    }
    return std::nullopt;
  }

 private:
  Checked fail(Span where, std::string text, std::string hint = {}) {
    report_(where, std::move(text), std::move(hint));
    return std::nullopt;
  }

  Checked check_logic(const SyntaxNode& node) {
    const std::string word = node.kind == SyntaxKind::And ? "and" : node.kind == SyntaxKind::Or ? "or" : "not";
    std::vector<Expression> operands;
    bool all_fine = true;
    for (const SyntaxNode& child : node.children) {
      Checked operand = check(child);
      if (operand && operand->type != FactType::Bool) {
        report_(node.operator_span, "'" + word + "' needs conditions, got " + std::string(type_name(operand->type)),
                {});
        operand.reset();
      }
      all_fine = all_fine && operand.has_value();
      if (operand) operands.push_back(std::move(*operand));
    }
    if (!all_fine) return std::nullopt;
    const Operation operation = node.kind == SyntaxKind::And  ? Operation::And
                                : node.kind == SyntaxKind::Or ? Operation::Or
                                                              : Operation::Not;
    return condition_over(operation, Comparison::Equal, std::move(operands));
  }

  /// `hint` is for a name that resembles no other.
  Checked check_name(const SyntaxNode& node, std::string hint = kSeeFacts) {
    if (Checked value = named_value(node.text)) return value;
    if (scope_.lists.find(node.text) != nullptr) {
      return fail(node.span, "'" + node.text + "' is a list", "a list stands on the right of 'in'");
    }
    if (node.text == "header" || node.text == "feature") {
      return fail(node.span, "'" + node.text + "' needs a name", "write " + node.text + "(\"name\")");
    }
    if (node.text == "sample") return fail(node.span, "'sample' needs a share", "write sample(10%)");
    const std::string similar =
        did_you_mean(node.text, names_beside({"junk", "flag", "header", "feature", "sample", "true", "false"}));
    return fail(node.span, "unknown fact " + quoted_for_message(node.text),
                similar.empty() ? std::move(hint) : similar);
  }

  Checked check_call(const SyntaxNode& node) {
    if (node.text == "sample") return check_sample(node);
    const bool is_header = node.text == "header";
    if (fact_named(node.text) != nullptr) {
      return fail(node.operator_span, "'" + node.text + "' is a fact, not a function", "leave the parentheses out");
    }
    if (!is_header && node.text != "feature") {
      return fail(node.operator_span, "unknown function " + quoted_for_message(node.text),
                  did_you_mean(node.text, {"header", "feature", "sample"}));
    }
    if (node.children.size() != 1 || node.children[0].kind != SyntaxKind::Text) {
      return fail(node.span, "'" + node.text + "' takes one text", "write " + node.text + "(\"name\")");
    }
    const SyntaxNode& name = node.children[0];
    if (is_header && !is_header_name(name.text)) {
      return fail(name.span, quoted_for_message(name.text) + " is not a header name",
                  "up to 64 printable ASCII characters without blanks and ':'");
    }
    if (!is_header && !is_feature(name.text)) {
      if (name.text.empty()) return fail(name.span, "the name of a feature is missing");
      const std::string similar = did_you_mean(name.text, {scope_.features.begin(), scope_.features.end()});
      return fail(name.span, "there is no feature " + quoted_for_message(name.text),
                  similar.empty() ? "docs/features.md lists them all" : similar);
    }
    Expression expression = is_header ? of_operation(Operation::Header, FactType::Text)
                                      : of_operation(Operation::Feature, FactType::Number);
    expression.text = name.text;
    return expression;
  }

  bool is_feature(const std::string& name) const {
    const FeatureNames& known = scope_.features;
    return !name.empty() && (known.empty() || std::find(known.begin(), known.end(), name) != known.end());
  }

  /// sample(10%) is another way to write sample.point < 10%.
  Checked check_sample(const SyntaxNode& node) {
    if (node.children.size() != 1 || node.children[0].kind != SyntaxKind::Percent) {
      return fail(node.span, "'sample' takes one percentage", "write sample(10%)");
    }
    std::vector<Expression> operands;
    operands.push_back(value_of(*fact_named("sample.point")));
    operands.push_back(number_constant(FactType::Percent, node.children[0].number));
    return condition_over(Operation::CompareNumbers, Comparison::Less, std::move(operands));
  }

  Checked check_comparison(const SyntaxNode& node) {
    if (node.text == "in") return check_in(node);
    Checked left = check(node.children[0]);
    if (node.text == "matches") return left ? check_match(node, std::move(*left), report_) : std::nullopt;
    const SyntaxNode& operand = node.children[1];
    const bool is_beside_text = left && (left->type == FactType::Text || left->type == FactType::TextList);
    Checked right = operand.kind == SyntaxKind::Name && is_beside_text
                        ? check_name(operand, "a text stands in quotes: \"" + operand.text + "\"")
                        : check(operand);
    if (!left || !right) return std::nullopt;
    return check_operands(node, std::move(*left), std::move(*right), report_);
  }

  Checked check_in(const SyntaxNode& node) {
    Checked left = check(node.children[0]);
    const SyntaxNode& right = node.children[1];
    if (left && left->type != FactType::Text && left->type != FactType::TextList && left->type != FactType::Ip) {
      return fail(node.operator_span,
                  "'in' needs a text or an address on its left, got " + std::string(type_name(left->type)));
    }
    if (right.kind == SyntaxKind::List) return check_in_inline(right, std::move(left));
    if (right.kind != SyntaxKind::Name) {
      return fail(right.span, "'in' needs a list on its right", "write [\"one\", \"two\"] or the name of a list");
    }
    return check_in_named(node, right, std::move(left));
  }

  Checked check_in_inline(const SyntaxNode& list, Checked left) {
    const bool of_addresses = left && left->type == FactType::Ip;
    const auto texts = std::make_shared<TextSet>();
    const auto networks = std::make_shared<NetworkSet>();
    bool all_fine = !list.children.empty();
    if (list.children.empty()) report_(list.span, "the list is empty", {});
    for (const SyntaxNode& element : list.children) {
      const bool fine = of_addresses ? add_network(element, *networks) : add_text(element, *texts);
      all_fine = all_fine && fine;
    }
    if (texts->has_too_many_globs()) return fail(list.span, "the list cannot be used: " + kTooManyGlobs);
    if (!all_fine || !left) return std::nullopt;
    return in_either(std::move(*left), texts, networks);
  }

  bool add_text(const SyntaxNode& element, TextSet& texts) {
    if (element.kind != SyntaxKind::Text) {
      report_(element.span, "a list holds texts in quotes", {});
    } else if (const std::string why_not = why_not_an_entry(element.text); !why_not.empty()) {
      report_(element.span, quoted_for_message(element.text) + " cannot stand in a list: " + why_not, {});
    } else {
      texts.add(element.text);
      return true;
    }
    return false;
  }

  bool add_network(const SyntaxNode& element, NetworkSet& networks) {
    const auto network = element.kind == SyntaxKind::Text ? IpNetwork::parse(element.text) : std::nullopt;
    if (!network) {
      report_(element.span, "expected an address or network in quotes, such as \"192.0.2.0/24\"", {});
    } else if (!network->is_aligned()) {
      report_(element.span, quoted_for_message(element.text) + " has bits set after its prefix",
              "write " + network->to_string());
    } else {
      networks.add(*network);
    }
    return network && network->is_aligned();
  }

  static Expression in_either(Expression left, std::shared_ptr<const TextSet> texts,
                              std::shared_ptr<const NetworkSet> networks) {
    const bool of_addresses = left.type == FactType::Ip;
    Expression condition;
    condition.operation = of_addresses ? Operation::InNetworks : Operation::InTexts;
    if (of_addresses) condition.operand = std::move(networks);
    if (!of_addresses) condition.operand = std::move(texts);
    return lookup_condition(std::move(condition), std::move(left));
  }

  Checked check_in_named(const SyntaxNode& node, const SyntaxNode& name, Checked left) {
    if (scope_.lists.find(name.text) != nullptr) {
      if (!left) return std::nullopt;
      const bool of_addresses = left->type == FactType::Ip;
      return in_either(std::move(*left), of_addresses ? nullptr : scope_.lists.texts(name.text, scope_.problems),
                       of_addresses ? scope_.lists.networks(name.text, scope_.problems) : nullptr);
    }
    const FactDeclaration* fact = fact_named(name.text);
    if (fact == nullptr) {
      return fail(name.span, "unknown list " + quoted_for_message(name.text), did_you_mean(name.text, list_names()));
    }
    Checked right = check_name(name);
    if (!left || !right) return std::nullopt;
    if (right->type != FactType::TextList || left->type != FactType::Text) {
      return fail(node.operator_span, "'in' cannot look for " + std::string(type_name(left->type)) + " in " +
                                          std::string(type_name(right->type)));
    }
    std::vector<Expression> operands;
    operands.push_back(std::move(*left));
    operands.push_back(std::move(*right));
    return condition_over(Operation::InTextList, Comparison::Equal, std::move(operands));
  }

  std::vector<std::string> list_names() const {
    std::vector<std::string> names = scope_.lists.names();
    for (const FactDeclaration& fact : fact_table()) {
      if (fact.type == FactType::TextList) names.emplace_back(fact.name);
    }
    return names;
  }

  const NameScope& scope_;
  const ReportProblem& report_;
};

}  // namespace

std::optional<Expression> check_condition(const SyntaxNode& tree, const NameScope& scope, const ReportProblem& report) {
  Checked condition = Checker(scope, report).check(tree);
  if (!condition || condition->type == FactType::Bool) return condition;
  report(tree.span, "a condition is true or false, got " + std::string(type_name(condition->type)),
         "compare it with something");
  return std::nullopt;
}

std::optional<Expression> check_fact_name(std::string_view name, Span where, const ReportProblem& report) {
  Checked value = named_value(name);
  if (!value) {
    const std::string similar = did_you_mean(name, names_beside({"junk", "flag"}));
    report(where, "unknown fact " + quoted_for_message(name), similar.empty() ? kSeeFacts : similar);
  }
  return value;
}

bool depends_on_recipient(const Expression& expression) {
  const Operation operation = expression.operation;
  if (operation == Operation::JunkThreshold || operation == Operation::FlagThreshold) return true;
  const bool below = std::any_of(expression.children.begin(), expression.children.end(), depends_on_recipient);
  return below || asks_for(expression, kRecipientFacts);
}

bool asks_for(const Expression& expression, std::span<const Fact> facts) {
  const bool is_one =
      expression.operation == Operation::Fact && std::find(facts.begin(), facts.end(), expression.fact) != facts.end();
  return is_one || std::any_of(expression.children.begin(), expression.children.end(),
                               [facts](const Expression& child) { return asks_for(child, facts); });
}

}  // namespace winnow
