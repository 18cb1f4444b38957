// torch_backend.h - the door to libwinnow-torch.so: all that the rest of Winnow knows of LibTorch.
//
// Owns:    the backend lives as long as the process (the plugin is never unloaded); what it makes belongs to the caller.
// Threads: load() from any thread, the make_ functions from any, one at a time.
// Blocks:  loading the plugin costs about half a second once.
// Fails:   load_torch_backend returns null and says in `error` how to get it; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/compressor.h"
#include "engine/model.h"
#include "engine/parts.h"
#include "engine/status.h"
#include "engine/trainer.h"

namespace winnow {

struct ModelInspection {
  std::string manifest_json;  // extra/winnow.json; "" when the archive has none
};

/// The way out for whoever lacks it, at the end of a sentence.
inline constexpr const char* kGetTorch = "build Winnow with -DWINNOW_TORCH=ON and install it";

/// Where and how a model is to run.
struct Placement {
  std::vector<std::string> devices = {"cpu"};  // several: its parts are spread over them, in turn
  bool half = false;                           // weights and arithmetic in half precision
  std::vector<Stage> stages;                   // as the manifest names them; needed for several devices
  /// Every form the model is brought into must answer this as the module did that was loaded. Without messages: unchecked,
  /// and then the module stays as it is.
  TokenBatch probe;
};

class TorchBackend {
 public:
  virtual ~TorchBackend() = default;
  virtual std::string version() const = 0;       // LibTorch's, "1.13.1"
  virtual std::size_t cuda_devices() const = 0;  // 0 without CUDA
  /// Reads the manifest and scans the archive (record list, record sizes, code that runs at load) without running anything.
  virtual Status inspect(std::string_view archive, ModelInspection& inspection) = 0;
  /// Loads from these bytes: scan, load, operator allow-list over all methods, prepare(), freeze; then the probe.
  virtual Status load(std::string_view archive, const Placement& placement, std::unique_ptr<Model>& model) = 0;
  /// `rows`: of the table, those that can be learnt, in rising order.
  virtual Status make_trainer(const ArchitectureSpec& architecture, const std::vector<std::int64_t>& rows,
                              const OptimizerSpec& optimizer, std::unique_ptr<Trainer>& trainer) = 0;
  /// From a model of the default architecture, in any form; others are refused.
  virtual Status make_compressor(std::string_view archive, std::unique_ptr<Compressor>& compressor) = 0;
  /// Goes on from a finished model of the default architecture, whatever form it is shipped in. `architecture` gets what
  /// it is made like; a larger table_size given there adds rows of zeros, 0 adds none. Learns `rows` and those that the
  /// model has.
  virtual Status make_trainer_from(std::string_view archive, const std::vector<std::int64_t>& rows,
                                   const OptimizerSpec& optimizer, ArchitectureSpec& architecture,
                                   std::unique_ptr<Trainer>& trainer) = 0;
  /// Once per inference thread, before its first run().
  virtual void enter_inference_thread() = 0;
};

inline constexpr int kTorchBackendAbi = 11;
/// The symbol the plugin exports: returns null when `abi` is not its own.
using TorchBackendEntry = TorchBackend* (*)(int abi);
inline constexpr const char* kTorchBackendSymbol = "winnow_torch_backend";

/// Loads the plugin once per process: <folder of the executable>/../lib, then the folder it is installed in.
TorchBackend* load_torch_backend(std::string& error);
/// Loads the first of these files that exists.
TorchBackend* open_torch_plugin(const std::vector<std::filesystem::path>& candidates, std::string& error);

}  // namespace winnow
