// The plugin's entry point, and the start-up sequence that must run before LibTorch computes anything.

#include <ATen/Parallel.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/cuda.h>
#include <torch/version.h>
#if __has_include(<torch/csrc/jit/codegen/fuser/interface.h>)
#include <torch/csrc/jit/codegen/fuser/interface.h>
#define WINNOW_HAS_LEGACY_FUSER 1
#endif

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/thread_annotations.h"
#include "engine/torch/archive_scan.h"
#include "engine/torch/guard.h"
#include "engine/torch/torch_compressor.h"
#include "engine/torch/torch_model.h"
#include "engine/torch/torch_trainer.h"
#include "engine/torch_backend.h"

namespace winnow {
namespace {

Status start_up() {
  return guarded("starting LibTorch", [] {
    // The fusers compile on the second call, which is milliseconds on the mail path; LibTorch 2.6 as Debian builds it
    // never returns from compiling a training graph.
    torch::jit::setTensorExprFuserEnabled(false);
    torch::jit::getProfilingMode() = false;
#ifdef WINNOW_HAS_LEGACY_FUSER
    torch::jit::overrideCanFuseOnGPU(false);
    torch::jit::overrideCanFuseOnCPU(false);
#endif
    // Batches run side by side on Winnow's own threads; teams of threads inside one only wait for each other.
    at::set_num_threads(1);
    at::set_num_interop_threads(1);
    return Status::ok();
  });
}

class Backend : public TorchBackend {
 public:
  std::string version() const override { return TORCH_VERSION; }

  std::size_t cuda_devices() const override {
    std::size_t count = 0;
    const Status status = guarded("counting GPUs", [&count] {
      count = static_cast<std::size_t>(torch::cuda::device_count());
      return Status::ok();
    });
    return status ? count : 0;
  }

  Status inspect(std::string_view archive, ModelInspection& inspection) override {
    return scan_archive(archive, inspection);
  }

  Status load(std::string_view archive, const Placement& placement, std::unique_ptr<Model>& model) override {
    const MutexLock one_at_a_time(loading_);
    return load_torch_model(archive, placement, model);
  }

  Status make_trainer(const ArchitectureSpec& architecture, const std::vector<std::int64_t>& rows,
                      const OptimizerSpec& optimizer, std::unique_ptr<Trainer>& trainer) override {
    return make_torch_trainer(architecture, rows, optimizer, trainer);
  }

  Status make_compressor(std::string_view archive, std::unique_ptr<Compressor>& compressor) override {
    return make_torch_compressor(archive, compressor);
  }

  Status make_trainer_from(std::string_view archive, const std::vector<std::int64_t>& rows,
                           const OptimizerSpec& optimizer, ArchitectureSpec& architecture,
                           std::unique_ptr<Trainer>& trainer) override {
    return make_torch_trainer_from(archive, rows, optimizer, architecture, trainer);
  }

  void enter_inference_thread() override {
    // A thread without LibTorch's thread settings still computes; only slower.
    (void)guarded("preparing an inference thread", [] {
      at::init_num_threads();
      return Status::ok();
    });
  }

 private:
  Mutex loading_;  // a replica is made anew while a reload loads another file
};

}  // namespace
}  // namespace winnow

extern "C" __attribute__((visibility("default"))) winnow::TorchBackend* winnow_torch_backend(int abi) {
  if (abi != winnow::kTorchBackendAbi) return nullptr;
  static const winnow::Status started = winnow::start_up();
  static winnow::Backend backend;
  return started ? &backend : nullptr;
}
