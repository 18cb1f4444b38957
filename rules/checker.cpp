#include "rules/checker.h"

#include <algorithm>
#include <utility>

#include "config/text_checks.h"
#include "rules/operand_checker.h"

namespace winnow {
namespace {

using Checked = std::optional<Expression>;

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

Expression bool_constant(bool value) {
  Expression constant;
  constant.boolean = value;
  return constant;
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
        report_(node.operator_span, "'" + word + "' needs conditions, got " + std::string(type_name(operand->type)), {});
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

  Checked check_name(const SyntaxNode& node) {
    if (node.text == "junk") return number_constant(FactType::Percent, scope_.junk_threshold);
    if (node.text == "flag") return number_constant(FactType::Percent, scope_.flag_threshold);
    if (const FactDeclaration* fact = fact_named(node.text)) {
      Expression expression;
      expression.operation = Operation::Fact;
      expression.type = fact->type;
      expression.fact = fact->fact;
      return expression;
    }
    if (scope_.lists.find(node.text) != nullptr) {
      return fail(node.span, "'" + node.text + "' is a list", "a list stands on the right of 'in'");
    }
    if (node.text == "header" || node.text == "feature") {
      return fail(node.span, "'" + node.text + "' needs a name", "write " + node.text + "(\"name\")");
    }
    return fail(node.span, "unknown fact " + quoted_for_message(node.text), did_you_mean(node.text, known_names()));
  }

  static std::vector<std::string> known_names() {
    std::vector<std::string> names{"junk", "flag", "header", "feature", "true", "false"};
    for (const FactDeclaration& fact : fact_table()) names.emplace_back(fact.name);
    return names;
  }

  Checked check_call(const SyntaxNode& node) {
    const bool is_header = node.text == "header";
    if (!is_header && node.text != "feature") {
      return fail(node.operator_span, "unknown function " + quoted_for_message(node.text),
                  did_you_mean(node.text, {"header", "feature"}));
    }
    if (node.children.size() != 1 || node.children[0].kind != SyntaxKind::Text) {
      return fail(node.span, "'" + node.text + "' takes one text", "write " + node.text + "(\"name\")");
    }
    const SyntaxNode& name = node.children[0];
    if (is_header && !is_header_name(name.text)) {
      return fail(name.span, quoted_for_message(name.text) + " is not a header name",
                  "printable ASCII without blanks and ':'");
    }
    if (name.text.empty()) return fail(name.span, "the name of a feature is missing");
    Expression expression;
    expression.operation = is_header ? Operation::Header : Operation::Feature;
    expression.type = is_header ? FactType::Text : FactType::Number;
    expression.text = name.text;
    return expression;
  }

  Checked check_comparison(const SyntaxNode& node) {
    if (node.text == "in") return check_in(node);
    Checked left = check(node.children[0]);
    if (node.text == "matches") return left ? check_match(node, std::move(*left), report_) : std::nullopt;
    Checked right = check(node.children[1]);
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
    if (!all_fine || !left) return std::nullopt;
    return in_either(std::move(*left), texts, networks);
  }

  bool add_text(const SyntaxNode& element, TextSet& texts) {
    if (element.kind != SyntaxKind::Text) {
      report_(element.span, "a list holds texts in quotes", {});
    } else if (!TextSet::is_valid(element.text)) {
      report_(element.span, quoted_for_message(element.text) + " cannot stand in a list",
              "only a leading '*.' is a pattern; 'matches' takes any");
    } else {
      texts.add(element.text);
      return true;
    }
    return false;
  }

  bool add_network(const SyntaxNode& element, NetworkSet& networks) {
    const auto network = element.kind == SyntaxKind::Text ? IpNetwork::parse(element.text) : std::nullopt;
    if (network) {
      networks.add(*network);
    } else {
      report_(element.span, "expected an address or network in quotes, such as \"192.0.2.0/24\"", {});
    }
    return network.has_value();
  }

  static Expression in_either(Expression left, std::shared_ptr<const TextSet> texts,
                              std::shared_ptr<const NetworkSet> networks) {
    const bool of_addresses = left.type == FactType::Ip;
    Expression condition;
    condition.operation = of_addresses ? Operation::InNetworks : Operation::InTexts;
    if (of_addresses) condition.networks = std::move(networks);
    if (!of_addresses) condition.texts = std::move(texts);
    return lookup_condition(std::move(condition), std::move(left));
  }

  Checked check_in_named(const SyntaxNode& node, const SyntaxNode& name, Checked left) {
    if (scope_.lists.find(name.text) != nullptr) {
      if (!left) return std::nullopt;
      const bool of_addresses = left->type == FactType::Ip;
      return in_either(std::move(*left), of_addresses ? nullptr : scope_.lists.texts(name.text),
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

std::optional<Expression> check_condition(const SyntaxNode& tree, const NameScope& scope,
                                          const ReportProblem& report) {
  Checked condition = Checker(scope, report).check(tree);
  if (!condition || condition->type == FactType::Bool) return condition;
  report(tree.span, "a condition is true or false, got " + std::string(type_name(condition->type)),
         "compare it with something");
  return std::nullopt;
}

bool asks_for_recipient(const Expression& expression) {
  if (expression.operation == Operation::Fact &&
      (expression.fact == Fact::Recipient || expression.fact == Fact::RecipientDomain)) {
    return true;
  }
  return std::any_of(expression.children.begin(), expression.children.end(), asks_for_recipient);
}

}  // namespace winnow
