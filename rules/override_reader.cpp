#include "rules/override_reader.h"

#include <algorithm>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/units.h"
#include "rules/rule_keys.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

std::optional<Sourced<double>> read_threshold(const YamlNode& node, std::string_view name, Diagnostics& problems) {
  const auto read = node.kind == YamlNode::Kind::Scalar ? parse_percent(node.scalar) : std::nullopt;
  if (read) return Sourced<double>{*read, place_of(node.where)};
  const bool lacks_sign = node.kind == YamlNode::Kind::Scalar && parse_percent(node.scalar + "%");
  problems.error(node.where, std::string(name) + " must be a percentage such as 90%, got " + describe_found(node),
                 lacks_sign ? "did you mean " + node.scalar + "%?" : "");
  return std::nullopt;
}

/// Not the key of an empty mapping or list.
bool has_content(const YamlNode* node) {
  if (node == nullptr) return false;
  const bool is_empty_mapping = node->kind == YamlNode::Kind::Mapping && node->entries.empty();
  return !is_empty_mapping && !(node->kind == YamlNode::Kind::Sequence && node->items.empty());
}

/// The patterns, or one empty text that stands for everybody.
std::vector<std::string> or_everybody(const std::vector<std::string>& patterns) {
  return patterns.empty() ? std::vector<std::string>{""} : patterns;
}

/// What is looked up in different ways stands by itself: the domain of @.example.org, and the names below it.
std::vector<std::string> parts_of(const std::vector<std::string>& patterns) {
  std::vector<std::string> parts;
  for (const std::string& pattern : patterns) {
    if (pattern.starts_with("@.")) {
      parts.push_back("@" + pattern.substr(2));
      parts.push_back("@*" + pattern.substr(1));
    } else {
      parts.push_back(pattern);
    }
  }
  return parts;
}

std::string shown(const std::string& recipient, const std::string& sender) {
  return (recipient.empty() ? "every recipient" : recipient) + (sender.empty() ? "" : " and mail from " + sender);
}

/// True when the flag threshold is above the junk threshold.
bool refuse_order(const Policy& written, const std::string& recipient, const Location& where, Diagnostics& problems) {
  if (written.flag.value <= written.junk.value) return false;
  problems.error(where, "for " + shown(recipient, "") + " the flag threshold " + format_percent(written.flag.value) +
                            " is above the junk threshold " + format_percent(written.junk.value));
  return true;
}

}  // namespace

void read_thresholds(const YamlNode& node, std::optional<Sourced<double>>& junk, std::optional<Sourced<double>>& flag,
                     Diagnostics& problems) {
  if (!require_mapping(node, "thresholds", problems)) return;
  refuse_unknown_keys(node, key_names(thresholds_form()), "in thresholds", problems);
  if (const YamlNode* value = node.find("junk")) junk = read_threshold(*value, "junk", problems);
  if (const YamlNode* value = node.find("flag")) flag = read_threshold(*value, "flag", problems);
}

void OverrideReader::read(const YamlNode& list, RuleMode mode, Overrides& into) {
  if (list.kind == YamlNode::Kind::Null) return;
  if (!require_sequence(list, "overrides", "each override starts with '- for:'", problems_)) return;
  for (const YamlNode& node : list.items) {
    if (!require_mapping(node, "an override", problems_)) continue;
    into.add(read_one(node, mode));
    const YamlNode* thresholds = node.find("thresholds");
    wheres_.push_back(thresholds != nullptr ? thresholds->where : node.where);
  }
}

Override OverrideReader::read_one(const YamlNode& node, RuleMode mode) {
  refuse_unknown_keys(node, key_names(override_form()), "in an override", problems_);
  Override one;
  const std::size_t errors_before = problems_.error_count();
  const YamlNode* recipients = node.find("for");
  const YamlNode* senders = node.find("from");
  if (recipients == nullptr && senders == nullptr) {
    problems_.error(node.where, "an override needs a for, a from or both", "write for: [\"@example.org\"]");
  }
  if (recipients != nullptr) one.recipients = read_patterns(*recipients, "for");
  if (senders != nullptr) one.senders = read_patterns(*senders, "from");
  const bool is_known_whose = problems_.error_count() == errors_before;
  const YamlNode* thresholds = node.find("thresholds");
  const YamlNode* ceiling = node.find("ceiling");
  const YamlNode* rules = node.find("rules");
  if (thresholds != nullptr) read_thresholds(*thresholds, one.junk, one.flag, problems_);
  if (ceiling != nullptr) read_ceiling(*ceiling, one);
  if (rules != nullptr && require_sequence(*rules, "rules", "each rule starts with '- id:'", problems_)) {
    for (const YamlNode& rule : rules->items) one.rules.push_back(rules_.read(rule, mode));
  }
  if (!has_content(thresholds) && ceiling == nullptr && !has_content(rules)) {
    problems_.error(node.where, "the override changes nothing", "add thresholds, a ceiling or rules");
  }
  if (!is_known_whose) return Override();  // so that nobody else is told about its values
  refuse_second_value(node, one);
  return one;
}

std::vector<std::string> OverrideReader::read_patterns(const YamlNode& node, std::string_view key) {
  std::vector<std::string> patterns;
  const std::string hint = node.kind == YamlNode::Kind::Scalar ? "write [\"" + node.scalar + "\"]" : "";
  if (!require_sequence(node, key, hint, problems_)) return patterns;
  if (node.items.empty()) problems_.error(node.where, std::string(key) + " names nobody");
  for (const YamlNode& item : node.items) {
    if (require_text(item, "a pattern of addresses", problems_) == nullptr) continue;
    const std::string why_not = why_not_an_address_pattern(item.scalar);
    if (why_not.empty()) {
      patterns.push_back(to_lower(item.scalar));
    } else {
      problems_.error(item.where, quoted_for_message(item.scalar) + " is not a pattern of addresses: " + why_not);
    }
  }
  return patterns;
}

void OverrideReader::read_ceiling(const YamlNode& node, Override& into) {
  if (node.scalar == "discard") {
    problems_.error(node.where, "ceiling cannot be discard: nothing is stricter", "leave the ceiling out");
    return;
  }
  if (node.scalar == "redirect") {
    problems_.error(node.where, "ceiling cannot be redirect: it names no address", "write a rule that redirects, and ceiling: junk");
    return;
  }
  const auto choice = require_one_of(node, "ceiling", ceiling_words(), problems_);
  if (!choice) return;
  into.ceiling = Sourced<Verdict>{*verdict_named(ceiling_words()[*choice]), place_of(node.where)};
}

/// The most specific override has the last word, so two that are equally specific must not set the same.
void OverrideReader::refuse_second_value(const YamlNode& node, const Override& one) {
  const YamlNode& patterns = *node.find(one.recipients.empty() ? "from" : "for");
  const auto note = [&](std::string_view key, const std::string& whose, const Location& where) {
    const auto [first, is_new] = settings_.try_emplace(std::string(key) + " for " + whose, where);
    if (!is_new) problems_.error(where, first->first + " is set twice", "first in " + place_of(first->second));
  };
  const std::vector<std::string> recipients = or_everybody(one.recipients), senders = or_everybody(one.senders);
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    for (std::size_t j = 0; j < senders.size(); ++j) {
      const Location& where = patterns.items[one.recipients.empty() ? j : i].where;
      const std::string whose = shown(recipients[i], senders[j]);
      if (one.junk) note("junk", whose, where);
      if (one.flag) note("flag", whose, where);
      if (one.ceiling) note("ceiling", whose, where);
    }
  }
}

void OverrideReader::check_thresholds(const Overrides& overrides, const Policy& common) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const Override& one = overrides[i];
    if (!one.junk && !one.flag) continue;
    const std::vector<std::string> recipients = parts_of(or_everybody(one.recipients));
    const std::vector<std::string> senders = parts_of(or_everybody(one.senders));
    bool is_refused = false;  // once is enough
    for (std::size_t at = 0; at < recipients.size() * senders.size() && !is_refused; ++at) {
      const std::string& recipient = recipients[at / senders.size()];
      const auto applying = overrides.applying_to(example_of(recipient), example_of(senders[at % senders.size()]));
      is_refused = refuse_order(overrides.merged(common, applying), recipient, wheres_[i], problems_);
    }
  }
}

}  // namespace winnow
