// schema_text.h - the form of a YAML file as a JSON Schema, by which editors complete, explain and underline.
//
// Fails:   never.
// Source:  JSON Schema draft-07; enumDescriptions is an extension of editors that validators pass over.
#pragma once

#include <string>
#include <string_view>

#include "config/value_form.h"

namespace winnow {

struct SchemaTitle {
  std::string_view title;    // "winnow.yaml"
  std::string_view meaning;  // of the whole file
};

/// Indented JSON, with a line end. Forms that have a name stand in "definitions" once.
std::string schema_of(const ValueForm& file, const SchemaTitle& title);

}  // namespace winnow
