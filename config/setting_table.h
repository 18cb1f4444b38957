// setting_table.h - every key of winnow.yaml, declared once: name, meaning, range, how it is read and written.
//
// Owns:    the table lives as long as the process; its default values are those of the structs in settings.h.
// Threads: immutable.
// Fails:   read() reports into Diagnostics at the value and leaves the field alone.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "config/value_form.h"
#include "config/yaml_node.h"

namespace winnow {

/// What reading one value may need besides the value.
struct SettingContext {
  std::string_view name;            // "deadline", for messages
  std::filesystem::path directory;  // of the settings file
  Diagnostics& problems;
};

struct SettingKey {
  std::string path;     // "milter.deadline"
  std::string meaning;  // one sentence
  std::string range;    // "100ms..1min", "accept | tempfail"
  std::function<void(const YamlNode& value, Settings& settings, SettingContext& context)> read;
  std::function<std::string(const Settings& settings)> print;  // as it would stand in the file
  ValueForm form;

  std::string_view group() const;  // "milter", "engine.remote"; "" for a key of the top level
  std::string_view leaf() const;   // "deadline"
};

/// All keys, in the order of the shipped file.
const std::vector<SettingKey>& setting_table();

/// The whole file as a mapping, with these defaults.
ValueForm settings_form(const Settings& defaults);

}  // namespace winnow
