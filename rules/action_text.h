// action_text.h - a text of an action as it is written in a rule -> what goes on the wire, with facts in braces.
//
// Fails:   a problem is reported at its character; the result is then false.
#pragma once

#include <string_view>

#include "config/yaml_node.h"
#include "rules/action_forms.h"
#include "rules/rule.h"

namespace winnow {

/// Sets text and template of `into`. A text that all recipients read (a header, a tag) may not name one of them. Everything a rule says goes into headers and replies, so nothing but printable ASCII
/// may be in it.
bool read_action_text(const YamlNode& value, std::string_view name, TextLimits limits, RuleAction& into,
                      Diagnostics& problems);

}  // namespace winnow
