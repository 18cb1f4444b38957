#include "engine/model_loader.h"

#include <algorithm>
#include <cctype>
#include <thread>
#include <utility>

#include "engine/features/features.h"
#include "engine/model_file.h"
#include "engine/replicas.h"
#include "engine/torch_backend.h"

namespace winnow {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string check_pin(const std::string& pinned, const std::string& actual) {
  if (pinned.empty() || lower(pinned) == actual) return {};
  return "has the sha256 " + actual + ", the settings expect " + lower(pinned);
}

/// What differs first between the dense features a model was trained with and ours; "" when nothing does.
std::string dense_difference(const std::vector<std::string>& names) {
  const std::vector<DenseFeature>& ours = dense_features();
  const std::size_t common = std::min(names.size(), ours.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (names[i] != ours[i].name)
      return "dense feature " + std::to_string(i + 1) + " is '" + names[i] + "' in the model and '" +
             std::string(ours[i].name) + "' here";
  }
  if (names.size() == ours.size()) return {};
  return "the model has " + std::to_string(names.size()) + " dense features, this version computes " +
         std::to_string(ours.size());
}

std::string check_schema(const Manifest& manifest) {
  const FeatureSchema& ours = feature_schema(feature_set_of(manifest.schema_id));
  if (manifest.schema_id != ours.id || manifest.schema_hash != ours.hash)
    return "was trained for the features " + manifest.schema_id + " (" + manifest.schema_hash +
           "), this version computes " + ours.id + " (" + ours.hash + "); train it again or take a model of this version";
  return dense_difference(manifest.dense_names);
}

/// Reads the manifest out of the archive and holds it against what this program computes.
std::string read_manifest(TorchBackend& backend, const std::string& bytes, Manifest& manifest) {
  ModelInspection inspection;
  if (const Status status = backend.inspect(bytes, inspection); !status) return status.error();
  if (inspection.manifest_json.empty())
    return "has no manifest (winnow.json inside): it is not a Winnow model";
  std::string error;
  auto parsed = parse_manifest(inspection.manifest_json, error);
  if (!parsed) return "has a manifest that cannot be used: " + error;
  manifest = std::move(*parsed);
  return check_schema(manifest);
}

/// The checks in their order; the sentence of the first that fails, or "".
std::string load_checked(const EngineSettings& settings, LoadedModel& loaded) {
  std::string error;
  const auto file = read_model_file(settings.model, error);
  if (!file) return error;
  loaded.sha256 = file->sha256;
  if (error = check_pin(settings.sha256, file->sha256); !error.empty()) return error;
  TorchBackend* backend = load_torch_backend(error);
  if (backend == nullptr) return "cannot be loaded: " + error;
  if (error = read_manifest(*backend, file->bytes, loaded.manifest); !error.empty()) return error;
  Replicas replicas;
  const Hardware hardware{backend->cuda_devices(), std::thread::hardware_concurrency()};
  error = load_replicas(*backend, *file, loaded.manifest, settings, hardware, replicas);
  loaded.replicas = std::move(replicas.models);
  loaded.forms = std::move(replicas.forms);
  loaded.rebuilds = std::move(replicas.rebuilds);
  return error;
}

}  // namespace

std::optional<LoadedModel> load_model(const EngineSettings& settings, Diagnostics& problems) {
  LoadedModel loaded;
  const std::string error = load_checked(settings, loaded);
  if (error.empty()) return loaded;
  const auto source = std::make_shared<const SourceText>(SourceText{settings.model.string(), {}});
  problems.error(Location{source}, "model: " + error);
  return std::nullopt;
}

}  // namespace winnow
