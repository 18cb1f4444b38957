#include "config/settings.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "config/ascii.h"
#include "config/setting_table.h"
#include "config/text_checks.h"
#include "config/yaml_node.h"

namespace winnow {
namespace {

// Far more than a settings file needs; yaml-cpp may use 250 bytes for one byte of hostile text.
constexpr YamlLimits kSettingsLimits{.max_bytes = 256u << 10, .max_depth = 8, .max_nodes = 20'000};

std::filesystem::path absolute_directory(const std::filesystem::path& directory) {
  std::error_code failed;
  const std::filesystem::path absolute = std::filesystem::absolute(directory, failed);
  return (failed ? directory : absolute).lexically_normal();
}

const SettingKey* key_of_group(std::string_view group, std::string_view leaf) {
  for (const SettingKey& key : setting_table()) {
    if (key.group() == group && key.leaf() == leaf) return &key;
  }
  return nullptr;
}

std::string path_in(const std::string& group, const std::string& word) {
  return group.empty() ? word : group + "." + word;
}

bool is_group(const std::string& path) {
  const auto& table = setting_table();
  return std::any_of(table.begin(), table.end(),
                     [&](const SettingKey& key) { return key.path.starts_with(path + "."); });
}

/// What may be written at one level, "" for the top: its keys and its groups.
std::vector<std::string> words_of_group(const std::string& group) {
  std::vector<std::string> words;
  const std::string prefix = path_in(group, "");
  for (const SettingKey& key : setting_table()) {
    if (!key.path.starts_with(prefix)) continue;
    words.push_back(key.path.substr(prefix.size(), key.path.find('.', prefix.size()) - prefix.size()));
  }
  return words;
}

/// Reads a tree into Settings, key by key of the table.
class SettingsReader {
 public:
  SettingsReader(std::filesystem::path directory, Diagnostics& problems)
      : directory_(std::move(directory)), problems_(problems), settings_(default_settings(directory_)) {}

  Settings read(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::Null && root.kind != YamlNode::Kind::Mapping) {
      problems_.error(root.where, "the file must be a mapping of settings, got " + std::string(kind_name(root)));
    }
    for (const YamlNode::Entry& entry : root.entries) read_entry(entry, "");
    return std::move(settings_);
  }

 private:
  void read_entry(const YamlNode::Entry& entry, const std::string& group) {
    if (const SettingKey* key = key_of_group(group, entry.key)) {
      read_value(*key, entry);
    } else if (const std::string path = path_in(group, entry.key); is_group(path)) {
      read_group(entry, path);
    } else {
      refuse_key(entry, group);
    }
  }

  void read_group(const YamlNode::Entry& group, const std::string& path) {
    // A group whose keys are all commented out is empty, not wrong.
    if (group.value.kind != YamlNode::Kind::Mapping && group.value.kind != YamlNode::Kind::Null) {
      problems_.error(group.value.where,
                      path + " must be a mapping of settings, got " + std::string(kind_name(group.value)));
    }
    for (const YamlNode::Entry& entry : group.value.entries) read_entry(entry, path);
  }

  void read_value(const SettingKey& key, const YamlNode::Entry& entry) {
    SettingContext context{key.leaf(), directory_, problems_};
    key.read(entry.value, settings_, context);
    settings_.origins[key.path] = entry.key_where;
  }

  void refuse_key(const YamlNode::Entry& entry, const std::string& group) {
    const std::string where = group.empty() ? "" : " in " + group;
    std::string hint = did_you_mean(entry.key, words_of_group(group));
    if (hint.empty()) hint = hint_from_other_group(entry.key);
    problems_.error(entry.key_where, "unknown key " + quoted_for_message(entry.key) + where, std::move(hint));
  }

  static std::string hint_from_other_group(const std::string& word) {
    for (const SettingKey& key : setting_table()) {
      if (!key.group().empty() && key.leaf() == word) return "it belongs in " + std::string(key.group());
      const std::size_t inner_group = key.path.find("." + word + ".");
      if (inner_group != key.path.npos) return "it belongs in " + key.path.substr(0, inner_group);
    }
    return {};
  }

  std::filesystem::path directory_;
  Diagnostics& problems_;
  Settings settings_;
};

/// A full disk and a script that failed leave nothing at all; taken as settings, it would undo all of a site's at the next
/// reload. Whoever wants the defaults leaves comments.
bool is_blank(const YamlNode& root) {
  return root.kind == YamlNode::Kind::Null && root.where.source != nullptr && trim(root.where.source->text).empty();
}

std::optional<Settings> settings_of(const std::optional<YamlNode>& root, const std::filesystem::path& file,
                                    std::size_t errors_before, Diagnostics& problems) {
  if (!root) return std::nullopt;
  if (is_blank(*root)) {
    problems.error(in_file(file), "the file is empty", "write its settings, or a comment if all have their defaults");
    return std::nullopt;
  }
  Settings settings = SettingsReader(absolute_directory(file.parent_path()), problems).read(*root);
  if (problems.error_count() > errors_before) return std::nullopt;
  return settings;
}

}  // namespace

std::optional<Settings> load_settings(const std::filesystem::path& file, Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  return settings_of(read_yaml_file(file, problems, kSettingsLimits), file, errors_before, problems);
}

std::optional<Settings> load_settings_text(const std::filesystem::path& file, std::string text, Diagnostics& problems) {
  const std::size_t errors_before = problems.error_count();
  return settings_of(read_yaml_text(file.string(), std::move(text), problems, kSettingsLimits), file, errors_before,
                     problems);
}

Settings default_settings(const std::filesystem::path& directory) {
  Settings settings;
  const std::filesystem::path base = absolute_directory(directory);
  settings.rules = {base / "rules.yaml", base / "rules.d"};
  return settings;
}

std::string describe_settings(const Settings& settings) {
  std::string text;
  for (const SettingKey& key : setting_table()) {
    const auto origin = settings.origins.find(key.path);
    const bool set = origin != settings.origins.end() && origin->second.source;
    text += key.path + ": " + printable(key.print(settings)) + "   # ";
    text += set ? place_of(origin->second) : "default";
    text += "\n";
  }
  return text;
}

}  // namespace winnow
