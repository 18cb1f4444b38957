#include "rules/given_facts.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string_view>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/units.h"
#include "rules/evaluator.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

std::vector<std::string> known_names() {
  std::vector<std::string> names{"recipients", "headers", "features"};
  for (const FactDeclaration& fact : fact_table()) names.emplace_back(fact.name);
  return names;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> parse_seconds(std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration) return std::nullopt;
  return std::chrono::duration<double>(*duration).count();
}

std::optional<double> parse_bytes(std::string_view text) {
  const auto size = parse_size(text);
  if (!size) return std::nullopt;
  return static_cast<double>(*size);
}

/// How the values of a type are written, and how they are read.
template <typename T>
struct Form {
  const char* written;  // "a percentage such as 90%"
  std::optional<T> (*parse)(std::string_view);
};

constexpr Form<double> kNumber{"a number such as 3", parse_number};
constexpr Form<double> kPercent{"a percentage such as 90%", parse_percent};
constexpr Form<double> kSize{"a size such as 10KiB", parse_bytes};
constexpr Form<double> kDuration{"a duration such as 3h", parse_seconds};
constexpr Form<IpBytes> kIp{"an address such as 192.0.2.1", parse_ip_bytes};

class FactsReader {
 public:
  FactsReader(const FeatureNames& features, Diagnostics& problems) : features_(features), problems_(problems) {}

  GivenFacts read(const YamlNode& node) {
    if (!require_mapping(node, "facts", problems_)) return {};
    refuse_unknown_facts(node);
    for (const FactDeclaration& fact : fact_table()) {
      if (const YamlNode* value = node.find(fact.name)) read_fact(fact, *value);
    }
    if (const YamlNode* headers = node.find("headers")) read_headers(*headers);
    if (const YamlNode* features = node.find("features")) read_features(*features);
    read_recipients(node);
    return std::move(given_);
  }

 private:
  void refuse_unknown_facts(const YamlNode& node) {
    const std::vector<std::string> known = known_names();
    for (const YamlNode::Entry& entry : node.entries) {
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
      problems_.error(entry.key_where, "unknown fact " + quoted_for_message(entry.key), did_you_mean(entry.key, known));
    }
  }

  void read_fact(const FactDeclaration& fact, const YamlNode& node) {
    std::optional<FactValue> value = read_value(fact, node);
    if (value) given_.values.emplace_back(fact.fact, std::move(*value));
  }

  std::optional<FactValue> read_value(const FactDeclaration& fact, const YamlNode& node) {
    switch (fact.type) {
      case FactType::Bool: {
        const auto choice = require_one_of(node, fact.name, {"false", "true"}, problems_);
        return choice ? std::optional<FactValue>(*choice == 1) : std::nullopt;
      }
      case FactType::Number:
        return read_scalar(fact.name, node, kNumber);
      case FactType::Percent:
        return read_scalar(fact.name, node, kPercent);
      case FactType::Size:
        return read_scalar(fact.name, node, kSize);
      case FactType::Duration:
        return read_scalar(fact.name, node, kDuration);
      case FactType::Ip:
        return read_scalar(fact.name, node, kIp);
      case FactType::Text:
        return read_text(fact.name, node);
      case FactType::TextList:
        return read_texts(fact.name, node);
    }
    return std::nullopt;
  }

  template <typename T>
  std::optional<T> read_scalar(std::string_view name, const YamlNode& node, const Form<T>& form) {
    const std::optional<T> value = node.kind == YamlNode::Kind::Scalar ? form.parse(node.scalar) : std::nullopt;
    if (!value) {
      problems_.error(node.where, std::string(name) + " must be " + form.written + ", got " + describe_found(node));
    }
    return value;
  }

  /// Other than elsewhere an empty text is a value: that of an absent fact.
  std::optional<std::string> read_text(std::string_view name, const YamlNode& node) {
    if (node.kind == YamlNode::Kind::Scalar) return node.scalar;
    const std::string hint = node.kind == YamlNode::Kind::Null ? "write \"\" for an empty one" : "";
    problems_.error(node.where, std::string(name) + " must be a text, got " + describe_found(node), hint);
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> read_texts(std::string_view name, const YamlNode& node) {
    const std::string hint = node.kind == YamlNode::Kind::Scalar ? "write [\"" + node.scalar + "\"]" : "";
    if (!require_sequence(node, name, hint, problems_)) return std::nullopt;
    std::vector<std::string> texts;
    for (const YamlNode& item : node.items) {
      if (std::optional<std::string> text = read_text("an element of " + std::string(name), item))
        texts.push_back(*text);
    }
    return texts;
  }

  void read_headers(const YamlNode& node) {
    if (!require_mapping(node, "headers", problems_)) return;
    for (const YamlNode::Entry& entry : node.entries) {
      if (!is_header_name(entry.key)) {
        problems_.error(entry.key_where, quoted_for_message(entry.key) + " is not the name of a header");
      }
      if (entry.value.kind != YamlNode::Kind::Sequence) {
        if (const auto text = read_text("a header", entry.value)) given_.headers.emplace_back(entry.key, *text);
      } else if (const auto texts = read_texts("a header", entry.value)) {
        for (const std::string& text : *texts) given_.headers.emplace_back(entry.key, text);
      }
    }
  }

  void read_features(const YamlNode& node) {
    if (!require_mapping(node, "features", problems_)) return;
    for (const YamlNode::Entry& entry : node.entries) {
      refuse_unknown_feature(entry);
      if (const auto value = read_scalar("a feature", entry.value, kNumber))
        given_.features.emplace_back(entry.key, *value);
    }
  }

  void refuse_unknown_feature(const YamlNode::Entry& entry) {
    if (features_.empty() || std::find(features_.begin(), features_.end(), entry.key) != features_.end()) return;
    const std::string similar = did_you_mean(entry.key, {features_.begin(), features_.end()});
    problems_.error(entry.key_where, "there is no feature " + quoted_for_message(entry.key),
                    similar.empty() ? "docs/features.md lists them all" : similar);
  }

  /// Rules are evaluated for recipients, so all that is said of them becomes their list.
  void read_recipients(const YamlNode& node) {
    const YamlNode* one = node.find("recipient");
    if (const YamlNode* all = node.find("recipients")) {
      if (one != nullptr) problems_.error(one->where, "give recipient or recipients, not both");
      given_.recipients = read_texts("recipients", *all);
    } else if (const std::optional<std::string> address = take_text(Fact::Recipient)) {
      given_.recipients = {*address};
    }
    const std::optional<std::string> domain = take_text(Fact::RecipientDomain);
    if (!domain) return;
    if (!given_.recipients || given_.recipients->empty()) {
      given_.recipients = {"someone@" + *domain};
    } else if (!equal_ignoring_case(domain_of_address(given_.recipients->front()), *domain)) {
      problems_.error(node.find("recipient.domain")->where, "recipient.domain is not the domain of the recipient",
                      "leave it out: it follows from the address");
    }
  }

  std::optional<std::string> take_text(Fact fact) {
    const auto found = std::find_if(given_.values.begin(), given_.values.end(),
                                    [fact](const auto& value) { return value.first == fact; });
    if (found == given_.values.end()) return std::nullopt;
    std::string text = std::get<std::string>(found->second);
    given_.values.erase(found);
    return text;
  }

  const FeatureNames& features_;
  Diagnostics& problems_;
  GivenFacts given_;
};

void set_if_not_given(const GivenFacts& given, Fact fact, FactValue value, Facts& facts) {
  if (!given.has(fact)) facts.set(fact, std::move(value));
}

void lay_values(const GivenFacts& given, Facts& facts) {
  for (const auto& [fact, value] : given.values) {
    facts.set(fact, value);
    const auto* text = std::get_if<std::string>(&value);
    if (fact == Fact::MailFrom)
      set_if_not_given(given, Fact::MailFromDomain, std::string(domain_of_address(*text)), facts);
    if (fact == Fact::FromAddress)
      set_if_not_given(given, Fact::FromDomain, std::string(domain_of_address(*text)), facts);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value); list && fact == Fact::AttachmentsNames) {
      set_if_not_given(given, Fact::AttachmentsCount, static_cast<double>(list->size()), facts);
    }
  }
}

void lay_recipients(const GivenFacts& given, Facts& facts) {
  if (!given.recipients) return;
  facts.recipients = *given.recipients;
  set_if_not_given(given, Fact::RecipientsCount, static_cast<double>(facts.recipients.size()), facts);
  const std::string first = facts.recipients.empty() ? "" : facts.recipients.front();
  facts.set(Fact::Recipient, first);
  facts.set(Fact::RecipientDomain, std::string(domain_of_address(first)));
}

void lay_headers(const GivenFacts& given, Facts& facts) {
  const auto is_given = [&](const auto& header) {
    return std::any_of(given.headers.begin(), given.headers.end(),
                       [&](const auto& other) { return equal_ignoring_case(other.first, header.first); });
  };
  std::erase_if(facts.headers, is_given);
  facts.headers.insert(facts.headers.end(), given.headers.begin(), given.headers.end());
}

void lay_features(const GivenFacts& given, Facts& facts) {
  for (const auto& feature : given.features) {
    std::erase_if(facts.features, [&](const auto& other) { return other.first == feature.first; });
    facts.features.push_back(feature);
  }
  std::sort(facts.features.begin(), facts.features.end());
}

}  // namespace

bool GivenFacts::has(Fact fact) const {
  return std::any_of(values.begin(), values.end(), [fact](const auto& value) { return value.first == fact; });
}

GivenFacts read_given_facts(const YamlNode& node, const FeatureNames& features, Diagnostics& problems) {
  return FactsReader(features, problems).read(node);
}

void lay_over(const GivenFacts& given, Facts& facts) {
  lay_values(given, facts);
  lay_recipients(given, facts);
  lay_headers(given, facts);
  lay_features(given, facts);
}

}  // namespace winnow
