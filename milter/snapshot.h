// snapshot.h - settings, rules and model that belong together: what one message is judged by, from start to end.
//
// Owns:    shares its parts; the engine may be shared with the snapshot before it when the model file is the same.
// Threads: immutable.
// Blocks:  load_snapshot reads files and loads the model.
// Fails:   every problem into Diagnostics; then null, and the caller keeps the snapshot it has.
#pragma once

#include <filesystem>
#include <memory>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "engine/engine.h"
#include "rules/rule_set.h"

namespace winnow {

struct Snapshot {
  Settings settings;
  std::shared_ptr<const RuleSet> rules;
  std::shared_ptr<Engine> engine;
};

/// `previous` may be null; its engine is kept when settings and model bytes are unchanged.
std::shared_ptr<const Snapshot> load_snapshot(const std::filesystem::path& settings_file, const Snapshot* previous,
                                              Diagnostics& problems);

}  // namespace winnow
