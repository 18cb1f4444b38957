#include "rules/yaml_keys.h"

#include <algorithm>
#include <utility>

#include "config/text_checks.h"

namespace winnow {

void refuse_unknown_keys(const YamlNode& mapping, const std::vector<std::string>& known, std::string_view place,
                         Diagnostics& problems) {
  for (const YamlNode::Entry& entry : mapping.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    problems.error(entry.key_where, "unknown key " + quoted_for_message(entry.key) + " " + std::string(place),
                   did_you_mean(entry.key, known));
  }
}

bool require_mapping(const YamlNode& node, std::string_view name, Diagnostics& problems) {
  if (node.kind == YamlNode::Kind::Mapping) return true;
  problems.error(node.where, std::string(name) + " must be a mapping, got " + describe_found(node));
  return false;
}

bool require_sequence(const YamlNode& node, std::string_view name, std::string hint, Diagnostics& problems) {
  if (node.kind == YamlNode::Kind::Sequence) return true;
  problems.error(node.where, std::string(name) + " must be a list, got " + describe_found(node), std::move(hint));
  return false;
}

const std::string* require_text(const YamlNode& node, std::string_view name, Diagnostics& problems) {
  if (node.kind == YamlNode::Kind::Scalar && !node.scalar.empty()) return &node.scalar;
  problems.error(node.where, std::string(name) + " must be a text, got " + describe_found(node));
  return nullptr;
}

std::optional<std::size_t> require_one_of(const YamlNode& node, std::string_view name,
                                          const std::vector<std::string>& words, Diagnostics& problems) {
  if (node.kind == YamlNode::Kind::Scalar) {
    const auto found = std::find(words.begin(), words.end(), node.scalar);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  std::string choices;
  for (const std::string& word : words)
    choices += (choices.empty() ? "" : &word == &words.back() ? " or " : ", ") + word;
  problems.error(node.where, std::string(name) + " must be " + choices + ", got " + describe_found(node),
                 did_you_mean(node.scalar, words));
  return std::nullopt;
}

std::string describe_found(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::Scalar) return std::string(kind_name(node));
  return node.scalar.empty() ? "an empty text" : quoted_for_message(node.scalar);
}

}  // namespace winnow
