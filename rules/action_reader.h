// action_reader.h - the `then:` of a rule -> checked actions.
//
// Fails:   every problem is reported at its place; the result is then nullopt.
// Source:  RFC 5321 4.2 (reply codes), RFC 3463 2 (enhanced codes), RFC 5322 3.6 (fields that occur once).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/yaml_node.h"
#include "rules/decision.h"

namespace winnow {

/// The actions of a rule called `rule_id`, of which at most one is final.
std::optional<std::vector<Action>> read_actions(const YamlNode& then, const std::string& rule_id,
                                                Diagnostics& problems);

/// Accept, junk, reject ...: it settles the verdict. add_header and tag_subject do not.
bool is_final(ActionKind kind);

/// The verdict of the final action among them; nullopt when there is none.
std::optional<Verdict> verdict_of(const std::vector<Action>& actions);

}  // namespace winnow
