#include "rules/rule_reader.h"

#include <algorithm>
#include <map>
#include <utility>

#include "config/text_checks.h"
#include "config/units.h"
#include "rules/action_reader.h"
#include "rules/checker.h"
#include "rules/list_reader.h"
#include "rules/parser.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

const std::vector<std::string> kFileKeys{"version", "thresholds", "on_disagreement", "mode", "lists", "rules"};
const std::vector<std::string> kRuleKeys{"id", "when", "unless", "then", "continue", "mode"};
constexpr std::size_t kMaxIdBytes = 64;

/// Ids go into headers and log lines as they are.
bool is_rule_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

std::string place_of(const Location& where) {
  return (where.source ? where.source->name : std::string()) + ":" + std::to_string(where.line);
}

bool reads_as_monitor(const YamlNode& mode, Diagnostics& problems) {
  return require_one_of(mode, "mode", {"enforce", "monitor"}, problems) == std::optional<std::size_t>(1);
}

/// Reads all files in two passes, because a rule may use a list of a later file.
class RuleFilesReader {
 public:
  explicit RuleFilesReader(Diagnostics& problems) : problems_(problems) {}

  RuleProgram read(const std::vector<RuleFile>& files) {
    for (const RuleFile& file : files) read_settings(file);
    check_threshold_order();
    for (const RuleFile& file : files) read_rules(file);
    program_.info.rules = program_.rules.size();
    return std::move(program_);
  }

 private:
  void read_settings(const RuleFile& file) {
    program_.info.files.push_back(file.file);
    if (file.root.kind == YamlNode::Kind::Null || !require_mapping(file.root, "a rules file", problems_)) return;
    refuse_unknown_keys(file.root, kFileKeys, "in a rules file", problems_);
    for (const YamlNode::Entry& entry : file.root.entries) {
      if (entry.key == "version") require_one_of(entry.value, "version", {"1"}, problems_);
      if (entry.key == "lists") read_lists(entry.value, file.file.parent_path(), lists_, problems_);
      if (entry.key == "thresholds" && is_first(entry)) read_thresholds(entry);
      if (entry.key == "on_disagreement" && is_first(entry)) read_on_disagreement(entry.value);
    }
  }

  /// What holds for all files may stand in one of them only.
  bool is_first(const YamlNode::Entry& entry) {
    const auto [first, is_new] = seen_.try_emplace(entry.key, entry.key_where);
    if (!is_new) {
      problems_.error(entry.key_where, entry.key + " may stand in one file only",
                      "it stands in " + place_of(first->second) + " too");
    }
    return is_new;
  }

  void read_thresholds(const YamlNode::Entry& entry) {
    if (!require_mapping(entry.value, "thresholds", problems_)) return;
    refuse_unknown_keys(entry.value, {"junk", "flag"}, "in thresholds", problems_);
    if (const YamlNode* junk = entry.value.find("junk")) read_threshold(*junk, "junk", program_.info.junk_threshold);
    if (const YamlNode* flag = entry.value.find("flag")) read_threshold(*flag, "flag", program_.info.flag_threshold);
    thresholds_where_ = entry.key_where;
  }

  void read_threshold(const YamlNode& node, std::string_view name, double& threshold) {
    const auto read = node.kind == YamlNode::Kind::Scalar ? parse_percent(node.scalar) : std::nullopt;
    if (!read) {
      problems_.error(node.where, std::string(name) + " must be a percentage such as 90%, got " + describe_found(node));
      thresholds_are_fine_ = false;
      return;
    }
    threshold = *read;
  }

  void check_threshold_order() {
    const RuleSetInfo& info = program_.info;
    if (!thresholds_are_fine_ || info.flag_threshold <= info.junk_threshold) return;
    problems_.error(thresholds_where_, "the flag threshold " + format_percent(info.flag_threshold) +
                                           " is above the junk threshold " + format_percent(info.junk_threshold));
  }

  void read_on_disagreement(const YamlNode& node) {
    const auto choice = require_one_of(node, "on_disagreement", {"mildest", "strictest"}, problems_);
    if (choice) program_.on_disagreement = *choice == 0 ? OnDisagreement::Mildest : OnDisagreement::Strictest;
  }

  void read_rules(const RuleFile& file) {
    const YamlNode* mode = file.root.find("mode");
    file_is_monitored_ = mode != nullptr && reads_as_monitor(*mode, problems_);
    const YamlNode* rules = file.root.find("rules");
    if (rules == nullptr || rules->kind == YamlNode::Kind::Null) return;
    if (!require_sequence(*rules, "rules", "each rule starts with '- id:'", problems_)) return;
    for (const YamlNode& node : rules->items) read_rule(node);
  }

  void read_rule(const YamlNode& node) {
    if (!require_mapping(node, "a rule", problems_)) return;
    refuse_unknown_keys(node, kRuleKeys, "in a rule", problems_);
    Rule rule;
    read_id(node, rule);
    read_conditions(node, rule);
    read_then(node, rule);
    rule.monitored = file_is_monitored_;
    if (const YamlNode* mode = node.find("mode")) rule.monitored = reads_as_monitor(*mode, problems_);
    program_.rules.push_back(std::move(rule));
  }

  void read_id(const YamlNode& node, Rule& rule) {
    const YamlNode* id = node.find("id");
    if (id == nullptr) {
      problems_.error(node.where, "a rule needs an id", "it names the rule in headers, logs and statistics");
      return;
    }
    if (require_text(*id, "id", problems_) == nullptr) return;
    rule.id = id->scalar;
    if (!is_rule_id(rule.id)) {
      problems_.error(id->where, quoted_for_message(rule.id) + " is not an id",
                      "up to 64 letters, digits, '_', '-' and '.'");
      return;
    }
    const auto [first, is_new] = ids_.try_emplace(rule.id, id->where);
    if (!is_new) {
      problems_.error(id->where, "the rule id '" + rule.id + "' is used twice", "first in " + place_of(first->second));
    }
  }

  void read_conditions(const YamlNode& node, Rule& rule) {
    if (const YamlNode* when = node.find("when")) {
      if (std::optional<Expression> condition = read_condition(*when, "when")) rule.when = std::move(*condition);
    } else {
      problems_.error(node.where, "a rule needs a when", "write 'when: true' for always");
    }
    if (const YamlNode* unless = node.find("unless")) rule.unless = read_condition(*unless, "unless");
  }

  std::optional<Expression> read_condition(const YamlNode& node, std::string_view name) {
    if (require_text(node, name, problems_) == nullptr) return std::nullopt;
    const ReportProblem report = [&](Span span, std::string text, std::string hint) {
      problems_.error(location_in_scalar(node, span.offset, span.length), std::move(text), std::move(hint));
    };
    const std::optional<SyntaxNode> tree = parse_expression(node.scalar, report);
    if (!tree) return std::nullopt;
    const NameScope scope{program_.info.junk_threshold, program_.info.flag_threshold, lists_, problems_};
    return check_condition(*tree, scope, report);
  }

  void read_then(const YamlNode& node, Rule& rule) {
    const YamlNode* then = node.find("then");
    const YamlNode* goes_on = node.find("continue");
    const bool continues =
        goes_on != nullptr && require_one_of(*goes_on, "continue", {"true", "false"}, problems_) == std::optional<std::size_t>(0);
    if (then == nullptr) {
      problems_.error(node.where, "a rule needs a then", "write 'then: [accept]'");
      return;
    }
    std::optional<std::vector<Action>> actions = read_actions(*then, rule.id, problems_);
    if (!actions) return;
    rule.actions = std::move(*actions);
    rule.verdict = verdict_of(rule.actions);
    if (continues && rule.verdict) {
      problems_.error(goes_on->where, "a rule with a final action cannot continue",
                      "only add_header and tag_subject go with it");
    } else if (!continues && !rule.verdict) {
      problems_.error(then->where, "the rule decides nothing", "add a final action such as accept, or 'continue: true'");
    }
  }

  Diagnostics& problems_;
  RuleProgram program_;
  NamedLists lists_;
  std::map<std::string, Location> seen_;  // keys that may stand in one file only
  std::map<std::string, Location> ids_;
  Location thresholds_where_;
  bool thresholds_are_fine_ = true;
  bool file_is_monitored_ = false;
};

}  // namespace

RuleProgram read_rule_files(const std::vector<RuleFile>& files, Diagnostics& problems) {
  return RuleFilesReader(problems).read(files);
}

}  // namespace winnow
