// fits_form.h - whether a text, written without quotes, has a form as an editor would judge by the schema.
//
// Fails:   never; lists and mappings fit nothing.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <string>

#include "config/value_form.h"

namespace winnow {

inline bool fits_form(const std::string& text, const ValueForm& form) {
  using Kind = ValueForm::Kind;
  switch (form.kind) {
    case Kind::Text:
      return form.pattern.empty() ? !text.empty() : std::regex_match(text, std::regex(form.pattern));
    case Kind::Words:
      return std::find(form.words.begin(), form.words.end(), text) != form.words.end();
    case Kind::Integer:
    case Kind::Number: {
      const std::string figures = form.kind == Kind::Integer ? "[0-9]+" : "[0-9]+([.][0-9]+)?";
      if (!std::regex_match(text, std::regex(figures))) return false;
      const double number = std::strtod(text.c_str(), nullptr);
      return number >= form.least && number <= form.most;
    }
    case Kind::AnyOf:
      return std::any_of(form.forms.begin(), form.forms.end(),
                         [&](const ValueForm& one) { return fits_form(text, one); });
    default:
      return false;
  }
}

}  // namespace winnow
