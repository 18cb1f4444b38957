// value_form.h - how a value of a YAML file is written, as plain data: what the schemas for editors are made from.
//
// Owns:    plain values.
// Fails:   never.
// Limits:  a form takes what the reader of the value takes, as people write it: numbers and true without quotes. What no
//          form can say (the range of a duration, the language of conditions, unique ids) only the reader refuses.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace winnow {

struct KeyForm;

struct ValueForm {
  enum class Kind { Text, Words, Integer, Number, List, Mapping, Table, AnyOf };

  Kind kind = Kind::Text;
  std::string name;             // of a form that stands in several places: "rule"; else ""
  std::string meaning;          // what its key does not say; "" for nothing
  bool may_be_nothing = false;  // the value may be left out after its key

  std::string pattern;             // Text: of the whole text, as ECMA-262 writes it; Table: of each name; "" is any
  bool only_text = false;          // Text: not what YAML takes for a number or a truth value
  std::vector<std::string> words;  // Words: one of these
  std::vector<std::string> word_meanings;             // Words: of each; none where the key says enough
  double least = 0, most = 0;                         // Integer, Number
  std::vector<ValueForm> forms;                       // AnyOf: the alternatives; List, Table: one, of each value
  std::size_t least_items = 0;                        // List
  std::vector<KeyForm> keys;                          // Mapping
  std::vector<std::vector<std::string>> one_of_each;  // Mapping: of each of these groups of keys one must be there
  bool exactly_one_key = false;                       // Mapping
};

struct KeyForm {
  std::string name;
  std::string meaning;  // one sentence
  ValueForm form;
  bool required = false;
  std::string fallback;  // what it is without the key, as YAML; "" when that is no value
};

ValueForm any_text_form();
ValueForm text_form(std::string pattern);
ValueForm word_form(std::vector<std::string> words);
ValueForm integer_form(double least, double most);
ValueForm number_form(double least, double most);
/// Whether 0 is a value, which needs no unit.
enum class ZeroDuration { Fits, Refused };
ValueForm duration_form(ZeroDuration zero);
ValueForm size_form();
ValueForm percent_form(double least, double most);
ValueForm list_form(ValueForm item, std::size_t least_items = 0);
ValueForm any_of_forms(std::vector<ValueForm> forms);
ValueForm mapping_form(std::vector<KeyForm> keys);

/// The names of a mapping's keys, in order.
std::vector<std::string> key_names(const ValueForm& mapping);

}  // namespace winnow
