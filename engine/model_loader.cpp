#include "engine/model_loader.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "config/ascii.h"
#include "engine/features/features.h"
#include "engine/model_file.h"
#include "engine/probe.h"
#include "engine/remote/join_pool.h"
#include "engine/replicas.h"
#include "engine/torch_backend.h"
#include "engine/zip_directory.h"

namespace winnow {
namespace {

constexpr std::size_t kPoolProbe = 3;       // messages
constexpr std::size_t kMaxRecords = 65536;  // of an archive

Status check_pin(const std::string& pinned, const std::string& actual) {
  if (pinned.empty() || to_lower(pinned) == actual) return Status::ok();
  return Status::failed("has the sha256 " + actual + ", the settings expect " + to_lower(pinned));
}

/// Fails with what differs first between the dense features a model was trained with and ours.
Status check_dense(const std::vector<std::string>& names) {
  const std::vector<DenseFeature>& ours = dense_features();
  const std::size_t common = std::min(names.size(), ours.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (names[i] != ours[i].name)
      return Status::failed("dense feature " + std::to_string(i + 1) + " is '" + names[i] + "' in the model and '" +
                            std::string(ours[i].name) + "' here");
  }
  if (names.size() == ours.size()) return Status::ok();
  return Status::failed("the model has " + std::to_string(names.size()) + " dense features, this version computes " +
                        std::to_string(ours.size()));
}

Status check_schema(const Manifest& manifest) {
  const FeatureSchema& ours = feature_schema(feature_set_of(manifest.schema_id));
  if (manifest.schema_id != ours.id || manifest.schema_hash != ours.hash)
    return Status::failed("was trained for the features " + manifest.schema_id + " (" + manifest.schema_hash +
                          "), this version computes " + ours.id + " (" + ours.hash +
                          "); train it again or take a model of this version");
  return check_dense(manifest.dense_names);
}

/// The manifest's text without LibTorch, which stores it as it is; "" without one.
Status find_manifest(const std::string& bytes, std::string& json) {
  std::string error;
  const auto records = read_zip_directory(bytes, kMaxRecords, error);
  if (!records) return Status::failed(error);
  for (const ZipRecord& record : *records) {
    if (!record.name.ends_with("/extra/winnow.json")) continue;
    const auto text = stored_bytes(bytes, record);
    if (!text) return Status::failed(std::string("has a manifest that only LibTorch can read; ") + kGetTorch);
    json = *text;
  }
  return Status::ok();
}

Status load_models(TorchBackend& backend, const ModelFile& file, const EngineSettings& settings, LoadedModel& loaded) {
  Replicas replicas;
  const Hardware hardware{backend.cuda_devices(), std::thread::hardware_concurrency()};
  Status status = load_replicas(backend, file, loaded.manifest, settings, hardware, replicas);
  loaded.replicas = std::move(replicas.models);
  loaded.forms = std::move(replicas.forms);
  loaded.rebuilds = std::move(replicas.rebuilds);
  return status;
}

/// The checks in their order, up to the first that fails. With a pool LibTorch may be missing: then nothing stands in.
Status load_checked(const EngineSettings& settings, LoadedModel& loaded, Diagnostics& problems) {
  std::string error;
  const auto file = read_model_file(settings.model, error);
  if (!file) return Status::failed(error);
  loaded.sha256 = file->sha256;
  if (Status status = check_pin(settings.sha256, file->sha256); !status) return status;
  TorchBackend* backend = load_torch_backend(error);
  const bool has_pool = !settings.remote.urls.empty();
  if (backend == nullptr && !has_pool) return Status::failed("cannot be loaded: " + error);
  if (backend == nullptr) problems.warning(in_file(settings.model), "model: cannot stand in for the pool: " + error);
  if (Status status = read_manifest(backend, file->bytes, loaded.manifest); !status) return status;
  return backend != nullptr ? load_models(*backend, *file, settings, loaded) : Status::ok();
}

void put_pool_first(const EngineSettings& settings, LoadedModel& loaded, Diagnostics& problems) {
  JoinedPool joined = join_pool(settings.remote, loaded.manifest.labels.size(),
                                probe_batch(loaded.manifest, kPoolProbe), std::move(loaded.replicas), problems);
  loaded.replicas = std::move(joined.models);
  loaded.pool = std::move(joined.servers);
}

}  // namespace

Status read_manifest(TorchBackend* backend, const std::string& bytes, Manifest& manifest) {
  ModelInspection inspection;
  Status status =
      backend != nullptr ? backend->inspect(bytes, inspection) : find_manifest(bytes, inspection.manifest_json);
  if (!status) return status;
  if (inspection.manifest_json.empty())
    return Status::failed("has no manifest (winnow.json inside): it is not a Winnow model");
  std::string error;
  auto parsed = parse_manifest(inspection.manifest_json, error);
  if (!parsed) return Status::failed("has a manifest that cannot be used: " + error);
  manifest = std::move(*parsed);
  return check_schema(manifest);
}

std::optional<LoadedModel> load_model(const EngineSettings& settings, Diagnostics& problems) {
  LoadedModel loaded;
  if (const Status status = load_checked(settings, loaded, problems); !status) {
    problems.error(in_file(settings.model), "model: " + status.error());
    return std::nullopt;
  }
  if (!settings.remote.urls.empty()) put_pool_first(settings, loaded, problems);
  return loaded.replicas.empty() ? std::nullopt : std::optional(std::move(loaded));
}

}  // namespace winnow
