// action_reader.h - the `then:` of a rule -> checked actions.
//
// Fails:   every problem is reported at its place; the result is then nullopt.
// Source:  RFC 5321 4.2 (reply codes), RFC 3463 2 (enhanced codes), RFC 5322 3.6 (fields that occur once).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_node.h"
#include "rules/rule.h"

namespace winnow {

/// The actions of a rule called `rule_id`, of which at most one is final.
std::optional<std::vector<RuleAction>> read_actions(const YamlNode& then, const std::string& rule_id,
                                                    Diagnostics& problems);

/// "user@example.org" without blanks, brackets or control characters: what may go into RCPT as it is.
bool is_address(std::string_view text);

}  // namespace winnow
