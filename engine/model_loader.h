// model_loader.h - the one way a model file gets in: every check of the design, in order.
//
// Owns:    LoadedModel owns its Models (one per replica), each made from the same bytes.
// Blocks:  reads the file once and runs probe and warm-up batches.
// Fails:   every refusal is one Diagnostic that names the file; the result is then nullopt.
//
// Order: open once without following links; regular file, owner root or ours, not writable by others, size limit; sha256
// pin; scan for code that runs at load; manifest against the running feature schema; load from the same bytes; operator
// allow-list; prepare(); freeze; the same answers in every form it runs in; probe with batches from 1 to max_batch_size;
// NaN check; warm-up.
// With engine.remote a pool of servers is put before the models, which then stand in for it; without LibTorch nothing does.
// A TorchScript file is a program that runs as the daemon: these checks narrow what it can do, they do not make a
// stranger's file safe.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "engine/manifest.h"
#include "engine/model.h"
#include "engine/pool_server.h"
#include "engine/rebuilt_model.h"
#include "engine/status.h"

namespace winnow {

class TorchBackend;

struct LoadedModel {
  Manifest manifest;
  std::string sha256;  // of the file
  std::vector<std::unique_ptr<Model>> replicas;
  std::vector<std::string> forms;           // how each replica runs, for people: "cpu, frozen"
  std::shared_ptr<RebuildCounts> rebuilds;  // null: no replica is ever made anew
  PoolServers pool;                         // empty without a pool
};

/// Reads the manifest out of an archive and holds it against what this program computes; fails with why it cannot be
/// used. `backend` may be null.
Status read_manifest(TorchBackend* backend, const std::string& bytes, Manifest& manifest);

std::optional<LoadedModel> load_model(const EngineSettings& settings, Diagnostics& problems);

}  // namespace winnow
