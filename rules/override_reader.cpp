#include "rules/override_reader.h"

#include <set>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/units.h"
#include "rules/rule_keys.h"
#include "rules/thresholds.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

std::optional<Sourced<double>> read_threshold(const YamlNode& node, std::string_view name, Diagnostics& problems) {
  const auto read = node.kind == YamlNode::Kind::Scalar ? parse_percent(node.scalar) : std::nullopt;
  if (read) {
    const std::string doubt = doubt_about_probability(*read);
    if (!doubt.empty()) problems.warning(node.where, "nearly all mail reaches " + node.scalar, doubt);
    return Sourced<double>{*read, place_of(node.where)};
  }
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

/// A pattern of an override, and what decides the thresholds of an address that it fits.
struct Part {
  std::string pattern;
  ThresholdSources sources;
};

template <typename SourcesOf>
std::vector<Part> with_sources(const std::vector<std::string>& patterns, const SourcesOf& sources_of) {
  std::vector<Part> parts;
  for (const std::string& pattern : patterns) parts.push_back({pattern, sources_of(example_of(pattern))});
  return parts;
}

std::set<std::optional<std::size_t>> overrides_of_both(const std::vector<Part>& parts) {
  std::set<std::optional<std::size_t>> found{std::nullopt};
  for (const Part& part : parts) {
    for (const ThresholdSource& source : part.sources) found.insert(source.of_both);
  }
  return found;
}

/// The patterns whose sources differ, each the first of its kind. What fits no pattern of the other side has no say.
std::vector<std::string> that_differ(std::vector<Part> parts, const std::vector<Part>& other_side) {
  const std::set<std::optional<std::size_t>> having_a_say = overrides_of_both(other_side);
  std::set<ThresholdSources> known;
  std::vector<std::string> differing;
  for (Part& part : parts) {
    std::erase_if(part.sources, [&](const ThresholdSource& source) { return !having_a_say.contains(source.of_both); });
    if (known.insert(std::move(part.sources)).second) differing.push_back(std::move(part.pattern));
  }
  return differing;
}

/// Of five thousand recipients and as many senders hardly two differ, so that few pairs need to be asked about.
void leave_out_the_same(std::vector<std::string>& recipients, std::vector<std::string>& senders,
                        const Overrides& overrides) {
  if (recipients.size() == 1 || senders.size() == 1) return;
  const auto of_recipients =
      with_sources(recipients, [&](const auto& of) { return overrides.sources_for_recipient(of); });
  const auto of_senders = with_sources(senders, [&](const auto& of) { return overrides.sources_for_sender(of); });
  recipients = that_differ(of_recipients, of_senders);
  senders = that_differ(of_senders, of_recipients);
}

/// True when the flag threshold is above the junk threshold.
bool refuse_order(const Policy& written, const std::string& recipient, const Location& where, Diagnostics& problems) {
  if (written.flag.value <= written.junk.value) return false;
  problems.error(where, "for " + shown_pair(recipient, "") + " the flag threshold " +
                            format_percent(written.flag.value) + " is above the junk threshold " +
                            format_percent(written.junk.value));
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
  clashes_.add(one, node);
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
    problems_.error(node.where, "ceiling cannot be redirect: it names no address",
                    "write a rule that redirects, and ceiling: junk");
    return;
  }
  const auto choice = require_one_of(node, "ceiling", ceiling_words(), problems_);
  if (!choice) return;
  into.ceiling = Sourced<Verdict>{*verdict_named(ceiling_words()[*choice]), place_of(node.where)};
}

void OverrideReader::check_thresholds(const Overrides& overrides, const Policy& common) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const Override& one = overrides[i];
    if (one.junk || one.flag) check_thresholds_of(one, wheres_[i], overrides, common);
  }
}

void OverrideReader::check_thresholds_of(const Override& one, const Location& where, const Overrides& overrides,
                                         const Policy& common) {
  std::vector<std::string> recipients = parts_of(or_everybody(one.recipients));
  std::vector<std::string> senders = parts_of(or_everybody(one.senders));
  leave_out_the_same(recipients, senders, overrides);
  for (const std::string& recipient : recipients) {
    for (const std::string& sender : senders) {
      const auto applying = overrides.applying_to(example_of(recipient), example_of(sender));
      if (refuse_order(overrides.merged(common, applying), recipient, where, problems_)) return;  // once is enough
    }
  }
}

}  // namespace winnow
