// rule_keys.h - every key of a rules file, declared once: what the readers accept and what editors are told.
//
// Owns:    the forms live as long as the process.
// Threads: immutable.
// Fails:   never.
#pragma once

#include <string>
#include <vector>

#include "config/value_form.h"

namespace winnow {

// Words, in the order of the enum that they stand for.
const std::vector<std::string>& mode_words();          // RuleMode
const std::vector<std::string>& disagreement_words();  // OnDisagreement
const std::vector<std::string>& ceiling_words();       // Verdict
const std::vector<std::string>& yes_no_words();        // true first

// Mappings.
const ValueForm& rules_file_form();
const ValueForm& thresholds_form();
const ValueForm& list_file_form();  // {file: PATH}
const ValueForm& override_form();
const ValueForm& rule_form();

}  // namespace winnow
