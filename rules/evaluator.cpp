#include "rules/evaluator.h"

#include <algorithm>
#include <functional>
#include <variant>

#include "config/ascii.h"

namespace winnow {
namespace {

/// The fact's value when it is there and of this kind.
template <typename T>
const T* value_of(const Expression& expression, const EvaluationInput& input) {
  if (expression.operation != Operation::Fact) return nullptr;
  return std::get_if<T>(&input.facts.get(expression.fact));
}

/// The checker gives each operation what it looks into.
template <typename T>
const T& looked_into(const Expression& condition) {
  return **std::get_if<std::shared_ptr<const T>>(&condition.operand);
}

std::string_view header_named(std::string_view name, const Facts& facts) {
  for (const auto& [header, value] : facts.headers) {
    if (equal_ignoring_case(header, name)) return value;
  }
  return {};
}

double feature_named(const std::string& name, const Facts& facts) {
  const auto found =
      std::lower_bound(facts.features.begin(), facts.features.end(), name,
                       [](const auto& feature, const std::string& wanted) { return feature.first < wanted; });
  return found != facts.features.end() && found->first == name ? found->second : 0.0;
}

const IpBytes* address_of(const Expression& expression, const EvaluationInput& input) {
  if (expression.operation == Operation::Constant) return std::get_if<IpBytes>(&expression.operand);
  return value_of<IpBytes>(expression, input);
}

/// A text is asked itself; a list of texts holds when one of its elements does.
template <typename Predicate>
bool any_text(const Expression& expression, const EvaluationInput& input, Predicate predicate) {
  if (expression.type != FactType::TextList) return predicate(text_of(expression, input));
  const auto* list = value_of<std::vector<std::string>>(expression, input);
  return list != nullptr && std::any_of(list->begin(), list->end(), predicate);
}

bool compares(Comparison comparison, double left, double right) {
  switch (comparison) {
    case Comparison::Equal:
      return left == right;
    case Comparison::Unequal:
      return left != right;
    case Comparison::Less:
      return left < right;
    case Comparison::LessOrEqual:
      return left <= right;
    case Comparison::Greater:
      return left > right;
    case Comparison::GreaterOrEqual:
      return left >= right;
  }
  return false;
}

bool equal_addresses(const IpBytes* left, const IpBytes* right) {
  return left != nullptr && right != nullptr && *left == *right;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

/// A fact that is empty is part of no text: `from.domain ends_with mail_from.domain` would hold for all mail of the null sender.
bool has_part(Operation operation, std::string_view text, std::string_view part) {
  if (part.empty()) return false;
  if (operation == Operation::Contains) return contains_ignoring_case(text, part);
  if (text.size() < part.size()) return false;
  const std::size_t start = operation == Operation::StartsWith ? 0 : text.size() - part.size();
  return equal_ignoring_case(text.substr(start, part.size()), part);
}

bool is_in_networks(const Expression& condition, const EvaluationInput& input) {
  const IpBytes* address = address_of(condition.children[0], input);
  return address != nullptr && looked_into<NetworkSet>(condition).contains(*address);
}

/// The operations on two children.
bool pair_holds(const Expression& condition, const EvaluationInput& input) {
  const Expression& left = condition.children[0];
  const Expression& right = condition.children[1];
  const bool wanted = condition.comparison != Comparison::Unequal;
  switch (condition.operation) {
    case Operation::CompareNumbers:
      return compares(condition.comparison, number_of(left, input), number_of(right, input));
    case Operation::EqualBools:
      return (holds(left, input) == holds(right, input)) == wanted;
    case Operation::EqualTexts:
      return equal_ignoring_case(text_of(left, input), text_of(right, input)) == wanted;
    case Operation::EqualAddresses:
      return equal_addresses(address_of(left, input), address_of(right, input)) == wanted;
    case Operation::InTextList: {
      const std::string_view text = text_of(left, input);
      return any_text(right, input, [&](std::string_view element) { return equal_ignoring_case(element, text); });
    }
    default: {
      const std::string_view part = text_of(right, input);
      return any_text(left, input, [&](std::string_view text) { return has_part(condition.operation, text, part); });
    }
  }
}

}  // namespace

double number_of(const Expression& expression, const EvaluationInput& input) {
  if (expression.operation == Operation::Constant) return expression.number;
  if (expression.operation == Operation::JunkThreshold) return input.thresholds.junk;
  if (expression.operation == Operation::FlagThreshold) return input.thresholds.flag;
  if (expression.operation == Operation::Feature) return feature_named(expression.text, input.facts);
  if (const double* value = value_of<double>(expression, input)) return *value;
  // Whoever fills the recipients has told their number, too.
  return expression.fact == Fact::RecipientsCount ? static_cast<double>(input.facts.recipients.size()) : 0.0;
}

std::string_view text_of(const Expression& expression, const EvaluationInput& input) {
  if (expression.operation == Operation::Constant) return expression.text;
  if (expression.operation == Operation::Header) return header_named(expression.text, input.facts);
  if (expression.fact == Fact::Recipient) return input.recipient;
  if (expression.fact == Fact::RecipientDomain) return domain_of_address(input.recipient);
  const std::string* value = value_of<std::string>(expression, input);
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

std::vector<std::string> texts_of(const Expression& expression, const EvaluationInput& input) {
  const auto* list = value_of<std::vector<std::string>>(expression, input);
  return list != nullptr ? *list : std::vector<std::string>();
}

std::string address_text(const Expression& expression, const EvaluationInput& input) {
  const IpBytes* address = address_of(expression, input);
  return address != nullptr ? format_ip_bytes(*address) : std::string();
}

std::string_view domain_of_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == address.npos ? std::string_view() : address.substr(at + 1);
}

bool holds(const Expression& condition, const EvaluationInput& input) {
  const auto child_holds = [&](const Expression& child) { return holds(child, input); };
  const auto& children = condition.children;
  switch (condition.operation) {
    case Operation::Constant:
      return condition.boolean;
    case Operation::Fact: {
      const bool* value = value_of<bool>(condition, input);
      return value != nullptr && *value;
    }
    case Operation::And:
      return std::all_of(children.begin(), children.end(), child_holds);
    case Operation::Or:
      return std::any_of(children.begin(), children.end(), child_holds);
    case Operation::Not:
      return !holds(children[0], input);
    case Operation::InTexts:
      return any_text(children[0], input,
                      [&](std::string_view text) { return looked_into<TextSet>(condition).contains(text); });
    case Operation::InNetworks:
      return is_in_networks(condition, input);
    case Operation::Matches:
      return any_text(children[0], input,
                      [&](std::string_view text) { return looked_into<TextPattern>(condition).found_in(text); });
    default:
      return pair_holds(condition, input);
  }
}

}  // namespace winnow
