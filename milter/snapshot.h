// snapshot.h - settings, rules and model that belong together: what one message is judged by, from start to end.
//
// Owns:    shares its parts; the engine may be shared with the snapshot before it when the model file is the same.
// Threads: immutable.
// Blocks:  load_snapshot reads files and loads the model.
// Fails:   every problem into Diagnostics; then null, and the caller keeps the snapshot it has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/network.h"
#include "config/settings.h"
#include "engine/engine.h"
#include "engine/message/mail_input.h"
#include "rules/rule_set.h"

namespace winnow {

/// What of milter.skip covers a client.
enum class SkipEntry { None, Authenticated, Network };

/// Whose mail is accepted unseen (milter.skip).
struct SkipList {
  bool authenticated = false;
  std::vector<IpNetwork> networks;

  /// `entries` as settings have them: each is known to be one (check_skip_entry).
  static SkipList from(const std::vector<std::string>& entries);
  SkipEntry entry_for(const Envelope& envelope) const;
};

/// Tells whether a file was replaced or written to since it was last looked at.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t changed_ns = 0;  // ctime: no writer can set it back
  bool operator==(const FileIdentity&) const = default;
};

struct Snapshot {
  Settings settings;
  SkipList skip;
  std::shared_ptr<const RuleSet> rules;
  std::shared_ptr<Engine> engine;
  FileIdentity model_file;
};

/// `previous` may be null; its engine is kept when the engine's settings and the model file are unchanged.
std::shared_ptr<const Snapshot> load_snapshot(const std::filesystem::path& settings_file, const Snapshot* previous,
                                              Diagnostics& problems);
/// What settings that were read already name.
std::shared_ptr<const Snapshot> load_snapshot(Settings settings, const Snapshot* previous, Diagnostics& problems);

}  // namespace winnow
