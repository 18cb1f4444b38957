#include "engine/replicas.h"

#include <utility>

#include "engine/probe.h"
#include "engine/stand_in_model.h"

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

/// Probed with batches of up to `largest` messages.
Status load_probed(const Source& source, std::string_view archive, const ReplicaDevices& devices, std::size_t largest,
                   std::unique_ptr<Model>& model) {
  std::unique_ptr<Model> loaded;
  if (Status status = source.backend.load(archive, placement_of(source, devices), loaded); !status) return status;
  if (Status status = probe(*loaded, source.manifest, largest); !status) return status;
  model = std::move(loaded);
  return Status::ok();
}

/// The file may have been replaced since: then the replica waits for the reload that takes the new one.
Status load_again(const Source& source, const ReplicaDevices& devices, std::unique_ptr<Model>& model) {
  std::string error;
  const auto file = read_model_file(source.file, error);
  if (!file) return Status::failed(error);
  if (file->sha256 != source.sha256) return Status::failed("another file is in its place");
  return load_probed(source, file->bytes, devices, source.max_batch_size, model);
}

/// Makes the copies of one file, one after the other.
class Copies {
 public:
  Copies(std::shared_ptr<const Source> source, std::string_view archive, std::shared_ptr<RebuildCounts> counts)
      : source_(std::move(source)), archive_(archive), counts_(std::move(counts)) {}

  /// Whether the CPU computes it in less time than a GPU takes to be asked: then any thread runs it without a queue.
  Status need_no_gpu(bool& answer) {
    if (Status status = load_on_cpu(spare_); !status) return status;
    answer = spare_->runs_side_by_side();
    return Status::ok();
  }

  Status make(const ReplicaDevices& devices, std::unique_ptr<Model>& model, std::string& form) {
    if (uses_gpu(devices)) return make_on_gpu(devices, model, form);
    Status status = devices.size() == 1 ? take_cpu_copy(model) : load(devices, source_->max_batch_size, model);
    if (status) form = model->device() + ", " + model->form();
    return status;
  }

 private:
  /// The stand-in comes first: a model that computes nonsense says so on the CPU, where that spoils no GPU's context.
  Status make_on_gpu(const ReplicaDevices& devices, std::unique_ptr<Model>& model, std::string& form) {
    std::unique_ptr<Model> stand_in, first;
    if (Status status = take_cpu_copy(stand_in); !status) return status;
    if (Status status = load(devices, source_->max_batch_size, first); !status) return status;
    form = first->device() + ", " + first->form();
    const auto again = [source = source_, devices](std::unique_ptr<Model>& next) {
      return load_again(*source, devices, next);
    };
    model =
        std::make_unique<StandInModel>(make_rebuilt_model(std::move(first), again, {}, counts_), std::move(stand_in));
    return Status::ok();
  }

  Status take_cpu_copy(std::unique_ptr<Model>& model) {
    model = std::move(spare_);
    return model != nullptr ? Status::ok() : load_on_cpu(model);
  }

  /// A twin of the copy before, where they can share their weights. What a large batch shows it has shown on the first.
  Status load_on_cpu(std::unique_ptr<Model>& model) {
    if (pattern_ != nullptr) model = pattern_->twin();
    if (model != nullptr) return Status::ok();
    Status status = load({"cpu"}, tried_on_cpu_ ? 1 : source_->max_batch_size, model);
    tried_on_cpu_ = true;
    if (status) pattern_ = model->twin();
    return status;
  }

  Status load(const ReplicaDevices& devices, std::size_t largest, std::unique_ptr<Model>& model) {
    return load_probed(*source_, archive_, devices, largest, model);
  }

  const std::shared_ptr<const Source> source_;
  const std::string_view archive_;
  const std::shared_ptr<RebuildCounts> counts_;
  bool tried_on_cpu_ = false;
  std::unique_ptr<Model> pattern_;  // only twins are made of it; null where the model has none
  std::unique_ptr<Model> spare_;    // a copy on the CPU that nobody has yet
};

/// GPUs that `auto` may take.
Status count_usable_gpus(const EngineSettings& settings, std::size_t gpus, Copies& copies, std::size_t& usable) {
  usable = gpus;
  if (gpus == 0 || !leaves_choice(settings)) return Status::ok();
  bool none = false;
  if (Status status = copies.need_no_gpu(none); !status) return status;
  if (none) usable = 0;
  return Status::ok();
}

}  // namespace

Status load_replicas(TorchBackend& backend, const ModelFile& file, const Manifest& manifest,
                     const EngineSettings& settings, const Hardware& hardware, Replicas& replicas) {
  const auto source =
      std::make_shared<const Source>(Source{backend, settings.model, file.sha256, manifest, settings.max_batch_size});
  Copies copies(source, file.bytes, replicas.rebuilds);
  Hardware usable = hardware;
  if (Status status = count_usable_gpus(settings, hardware.gpus, copies, usable.gpus); !status) return status;
  const ModelShape shape = manifest.stages.empty() ? ModelShape::Whole : ModelShape::InParts;
  std::vector<ReplicaDevices> plan;
  if (Status status = plan_replicas(settings, usable, shape, plan); !status) return status;
  for (const ReplicaDevices& devices : plan) {
    std::unique_ptr<Model> model;
    std::string form;
    if (Status status = copies.make(devices, model, form); !status) return status;
    replicas.models.push_back(std::move(model));
    replicas.forms.push_back(std::move(form));
  }
  return Status::ok();
}

}  // namespace winnow
