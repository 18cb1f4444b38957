// snapshot_options.h - --config, --model and --rules: which settings, model and rules a command judges by.
//
// Blocks:  load_chosen_snapshot reads files and loads the model.
// Fails:   every problem into Diagnostics; the result is then null.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "cli/arguments.h"
#include "milter/snapshot.h"

namespace winnow {

inline constexpr const char* kDefaultSettingsFile = "/etc/winnow/winnow.yaml";

struct SnapshotOptions {
  std::filesystem::path config;  // "" = kDefaultSettingsFile, unless both of the others are given
  std::filesystem::path model;   // "" = as the settings say
  std::filesystem::path rules;   // "" = as the settings say
};

void add_snapshot_options(Arguments& arguments, SnapshotOptions& options);

/// The settings with the chosen model and rules in place of their own; the defaults when both are given without --config.
std::optional<Settings> load_chosen_settings(const SnapshotOptions& options, Diagnostics& problems);

/// The settings by which the running daemon is found: the defaults where no file was named ("") and none is installed.
std::optional<Settings> load_daemon_settings(const std::filesystem::path& config, Diagnostics& problems);

std::shared_ptr<const Snapshot> load_chosen_snapshot(const SnapshotOptions& options, Diagnostics& problems);

/// Prints all problems to stderr, escaped for a terminal.
void print_problems(const Diagnostics& problems);

}  // namespace winnow
