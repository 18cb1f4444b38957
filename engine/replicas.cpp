#include "engine/replicas.h"

#include <utility>

#include "engine/fallback_model.h"
#include "engine/probe.h"

namespace winnow {
namespace {

constexpr std::size_t kProbeMessages = 8;  // of the batch whose answers every form of the model must give alike

/// What a new copy is made from, kept by those that may have to be made anew.
struct Source {
  TorchBackend& backend;
  const std::filesystem::path file;
  const std::string sha256;
  const Manifest manifest;
  const std::size_t max_batch_size;
};

Placement placement_of(const Source& source, const ReplicaDevices& devices) {
  Placement placement;
  placement.devices = devices;
  placement.half = source.manifest.half && uses_gpu(devices);
  placement.stages = source.manifest.stages;
  placement.probe = probe_batch(source.manifest, kProbeMessages);
  return placement;
}

Status load_probed(const Source& source, std::string_view archive, const ReplicaDevices& devices,
                   std::unique_ptr<Model>& model) {
  std::unique_ptr<Model> loaded;
  if (Status status = source.backend.load(archive, placement_of(source, devices), loaded); !status) return status;
  if (std::string wrong = probe(*loaded, source.manifest, source.max_batch_size); !wrong.empty())
    return Status::failed(std::move(wrong));
  model = std::move(loaded);
  return Status::ok();
}

/// The file may have been replaced since: then the replica waits for the reload that takes the new one.
Status load_again(const Source& source, const ReplicaDevices& devices, std::unique_ptr<Model>& model) {
  std::string error;
  const auto file = read_model_file(source.file, error);
  if (!file) return Status::failed(error);
  if (file->sha256 != source.sha256) return Status::failed("another file is in its place");
  return load_probed(source, file->bytes, devices, model);
}

/// The stand-in comes first: a model that computes nonsense says so on the CPU, where that spoils no GPU's context.
Status load_on_gpu(const std::shared_ptr<const Source>& source, std::string_view archive, const ReplicaDevices& devices,
                   const std::shared_ptr<RebuildCounts>& counts, std::unique_ptr<Model>& model, std::string& form) {
  std::unique_ptr<Model> stand_in, first;
  if (Status status = load_probed(*source, archive, {"cpu"}, stand_in); !status) return status;
  if (Status status = load_probed(*source, archive, devices, first); !status) return status;
  form = first->device() + ", " + first->form();
  const auto again = [source, devices](std::unique_ptr<Model>& next) { return load_again(*source, devices, next); };
  model = std::make_unique<FallbackModel>(make_rebuilt_model(std::move(first), again, {}, counts),
                                          std::move(stand_in));
  return Status::ok();
}

/// A twin of the replica before, where they can share their weights.
Status load_on_cpu(const Source& source, std::string_view archive, const ReplicaDevices& devices, const Replicas& before,
                   std::unique_ptr<Model>& model, std::string& form) {
  if (!before.models.empty()) model = before.models.back()->twin();
  if (model == nullptr) {
    if (Status status = load_probed(source, archive, devices, model); !status) return status;
  }
  form = model->device() + ", " + model->form();
  return Status::ok();
}

}  // namespace

std::string load_replicas(TorchBackend& backend, const ModelFile& file, const Manifest& manifest,
                          const EngineSettings& settings, const Hardware& hardware, Replicas& replicas) {
  std::vector<ReplicaDevices> plan;
  if (std::string wrong = plan_replicas(settings, hardware, !manifest.stages.empty(), plan); !wrong.empty())
    return wrong;
  const auto source = std::make_shared<const Source>(
      Source{backend, settings.model, file.sha256, manifest, settings.max_batch_size});
  for (const ReplicaDevices& devices : plan) {
    std::unique_ptr<Model> model;
    std::string form;
    const Status status = uses_gpu(devices)
                              ? load_on_gpu(source, file.bytes, devices, replicas.rebuilds, model, form)
                              : load_on_cpu(*source, file.bytes, devices, replicas, model, form);
    if (!status) return status.error();
    replicas.models.push_back(std::move(model));
    replicas.forms.push_back(std::move(form));
  }
  return {};
}

}  // namespace winnow
