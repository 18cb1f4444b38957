#include "cli/schema_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "config/yaml_node.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ValueForm::Kind;

/// A scalar as YAML's core schema takes it; with quotes it is a text whatever it says.
Json json_of_scalar(const std::string& text, bool quoted) {
  if (quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  static const std::regex number(R"([0-9]{1,9}(\.[0-9]{1,9})?)");
  if (!std::regex_match(text, number)) return text;
  return text.find('.') == text.npos ? Json(std::stoul(text)) : Json(std::stod(text));
}

Json json_of_yaml(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::Scalar) return json_of_scalar(node.scalar, node.quoted);
  if (node.kind == YamlNode::Kind::Null) return nullptr;
  Json json = node.kind == YamlNode::Kind::Sequence ? Json::array() : Json::object();
  for (const YamlNode& item : node.items) json.push_back(json_of_yaml(item));
  for (const YamlNode::Entry& entry : node.entries) json[entry.key] = json_of_yaml(entry.value);
  return json;
}

/// Turns forms into schemas and gathers those that have a name.
class SchemaWriter {
 public:
  Json schema_of(const ValueForm& form) {
    if (form.name.empty()) return inline_schema_of(form);
    if (!definitions_.contains(form.name)) {
      definitions_[form.name] = nullptr;  // its place, in the order of first use
      Json schema = inline_schema_of(form);
      definitions_[form.name] = std::move(schema);
    }
    return {{"$ref", "#/definitions/" + form.name}};
  }

  Json take_definitions() { return std::move(definitions_); }

 private:
  Json inline_schema_of(const ValueForm& form) {
    Json schema = Json::object();
    if (!form.meaning.empty()) schema["description"] = form.meaning;
    switch (form.kind) {
      case Kind::Text:
        add_text(form, schema);
        break;
      case Kind::Words:
        add_words(form, schema);
        break;
      case Kind::Integer:
      case Kind::Number:
        add_range(form, schema);
        break;
      case Kind::List:
        add_list(form, schema);
        break;
      case Kind::Mapping:
        add_mapping(form, schema);
        break;
      case Kind::Table:
        add_table(form, schema);
        break;
      case Kind::AnyOf:
        for (const ValueForm& one : form.forms) schema["anyOf"].push_back(schema_of(one));
        break;
    }
    if (form.may_be_nothing) schema["type"] = Json::array({schema["type"], "null"});
    return schema;
  }

  static void add_text(const ValueForm& form, Json& schema) {
    schema["type"] = form.only_text ? Json("string") : Json::array({"string", "number", "boolean"});
    if (!form.only_text || form.pattern.empty()) schema["minLength"] = 1;
    if (!form.pattern.empty()) schema["pattern"] = form.pattern;
  }

  static void add_words(const ValueForm& form, Json& schema) {
    schema["enum"] = Json::array();
    for (const std::string& word : form.words) schema["enum"].push_back(json_of_scalar(word, false));
    if (!form.word_meanings.empty()) schema["enumDescriptions"] = form.word_meanings;
  }

  static void add_range(const ValueForm& form, Json& schema) {
    const bool whole = form.kind == Kind::Integer;
    schema["type"] = whole ? "integer" : "number";
    schema["minimum"] = whole ? Json(static_cast<long>(form.least)) : Json(form.least);
    schema["maximum"] = whole ? Json(static_cast<long>(form.most)) : Json(form.most);
  }

  void add_list(const ValueForm& form, Json& schema) {
    schema["type"] = "array";
    if (form.least_items > 0) schema["minItems"] = form.least_items;
    schema["items"] = schema_of(form.forms.front());
  }

  void add_table(const ValueForm& form, Json& schema) {
    schema["type"] = "object";
    if (!form.pattern.empty()) schema["propertyNames"] = {{"pattern", form.pattern}};
    schema["additionalProperties"] = schema_of(form.forms.front());
  }

  void add_mapping(const ValueForm& form, Json& schema) {
    schema["type"] = "object";
    schema["properties"] = Json::object();
    for (const KeyForm& key : form.keys) {
      schema["properties"][key.name] = schema_of_key(key);
      if (key.required) schema["required"].push_back(key.name);
    }
    schema["additionalProperties"] = false;
    if (form.exactly_one_key) schema["minProperties"] = schema["maxProperties"] = 1;
    for (const std::vector<std::string>& group : form.one_of_each) {
      Json one = Json::object();
      for (const std::string& name : group) one["anyOf"].push_back({{"required", Json::array({name})}});
      schema["allOf"].push_back(std::move(one));
    }
  }

  /// Beside a $ref draft-07 lets nothing count, so what its key says goes around it.
  Json schema_of_key(const KeyForm& key) {
    Json schema = {{"description", key.meaning}};
    Diagnostics problems;
    const auto fallback = key.fallback.empty() ? std::nullopt : read_yaml_text("default", key.fallback, problems);
    if (fallback) schema["default"] = json_of_yaml(*fallback);
    Json value = schema_of(key.form);
    if (value.contains("$ref")) {
      schema["allOf"] = Json::array({std::move(value)});
      return schema;
    }
    if (value.contains("description"))
      schema["description"] = key.meaning + "\n" + value["description"].get<std::string>();
    value.erase("description");
    schema.update(value);
    return schema;
  }

  Json definitions_ = Json::object();
};

}  // namespace

std::string schema_of(const ValueForm& file, const SchemaTitle& title) {
  SchemaWriter writer;
  Json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title.title}, {"description", title.meaning}};
  schema.update(writer.schema_of(file));
  if (Json definitions = writer.take_definitions(); !definitions.empty())
    schema["definitions"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace winnow
