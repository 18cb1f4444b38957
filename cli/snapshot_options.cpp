#include "cli/snapshot_options.h"

#include <cstdio>
#include <utility>

#include "cli/terminal.h"
#include "milter/judge.h"

namespace winnow {

void add_snapshot_options(Arguments& arguments, SnapshotOptions& options) {
  arguments.add({"--config", "FILE", "settings file (default /etc/winnow/winnow.yaml)"}, options.config);
  arguments.add({"--model", "FILE", "this model instead of the settings' (with --rules, no settings are read)"},
                options.model);
  arguments.add({"--rules", "PATH", "this rules file or folder instead of the settings'"}, options.rules);
}

std::optional<Settings> load_chosen_settings(const SnapshotOptions& options, Diagnostics& problems) {
  const bool self_contained = options.config.empty() && !options.model.empty() && !options.rules.empty();
  std::optional<Settings> settings;
  if (self_contained) {
    settings = default_settings(std::filesystem::current_path());
  } else {
    settings = load_settings(options.config.empty() ? kDefaultSettingsFile : options.config, problems);
  }
  if (!settings) return std::nullopt;
  if (!options.model.empty()) {
    settings->engine.model = options.model;
    settings->engine.sha256.clear();       // the pin belongs to the model of the settings
    settings->engine.remote.urls.clear();  // and so does the pool
  }
  if (!options.rules.empty()) settings->rules = {options.rules};
  return settings;
}

std::optional<Settings> load_daemon_settings(const std::filesystem::path& config, Diagnostics& problems) {
  std::error_code failed;
  const bool installed = std::filesystem::exists(kDefaultSettingsFile, failed);
  if (config.empty() && !installed) return default_settings(std::filesystem::current_path());
  return load_settings(config.empty() ? kDefaultSettingsFile : config, problems);
}

std::shared_ptr<const Snapshot> load_chosen_snapshot(const SnapshotOptions& options, Diagnostics& problems) {
  if (options.model.empty() && options.rules.empty()) {
    return load_snapshot(options.config.empty() ? kDefaultSettingsFile : options.config, nullptr, problems);
  }
  std::optional<Settings> settings = load_chosen_settings(options, problems);
  if (!settings) return nullptr;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->skip = SkipList::from(settings->milter.skip);
  snapshot->rules = options.rules.empty() ? load_rules(settings->rules, problems, feature_names())
                                          : load_named_rules(settings->rules, problems, feature_names());
  snapshot->engine = make_engine(settings->engine, problems);
  snapshot->settings = std::move(*settings);
  if (!snapshot->rules || !snapshot->engine) return nullptr;
  return snapshot;
}

void print_problems(const Diagnostics& problems) {
  if (problems.entries().empty()) return;
  std::fputs(escape_for_terminal(problems.to_string()).c_str(), stderr);
}

}  // namespace winnow
