#include "config/value_form.h"

#include <utility>

#include "config/units.h"

namespace winnow {

ValueForm any_text_form() { return {.kind = ValueForm::Kind::Text}; }

ValueForm text_form(std::string pattern) {
  return {.kind = ValueForm::Kind::Text, .pattern = std::move(pattern), .only_text = true};
}

ValueForm word_form(std::vector<std::string> words) {
  return {.kind = ValueForm::Kind::Words, .words = std::move(words)};
}

ValueForm integer_form(double least, double most) {
  return {.kind = ValueForm::Kind::Integer, .least = least, .most = most};
}

ValueForm number_form(double least, double most) {
  return {.kind = ValueForm::Kind::Number, .least = least, .most = most};
}

ValueForm duration_form(ZeroDuration zero) {
  ValueForm with_unit = text_form(duration_pattern());
  return zero == ZeroDuration::Fits ? any_of_forms({std::move(with_unit), integer_form(0, 0)}) : with_unit;
}

ValueForm size_form() { return text_form(size_pattern()); }

ValueForm percent_form(double least, double most) {
  return any_of_forms({text_form(percent_pattern()), number_form(least, most)});
}

ValueForm list_form(ValueForm item, std::size_t least_items) {
  return {.kind = ValueForm::Kind::List, .forms = {std::move(item)}, .least_items = least_items};
}

ValueForm any_of_forms(std::vector<ValueForm> forms) {
  return {.kind = ValueForm::Kind::AnyOf, .forms = std::move(forms)};
}

ValueForm mapping_form(std::vector<KeyForm> keys) {
  return {.kind = ValueForm::Kind::Mapping, .keys = std::move(keys)};
}

std::vector<std::string> key_names(const ValueForm& mapping) {
  std::vector<std::string> names;
  for (const KeyForm& key : mapping.keys) names.push_back(key.name);
  return names;
}

}  // namespace winnow
