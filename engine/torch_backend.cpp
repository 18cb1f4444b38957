#include "engine/torch_backend.h"

#include <dlfcn.h>

#include "engine/thread_annotations.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPluginName = "libwinnow-torch.so";

std::vector<fs::path> plugin_candidates() {
  std::vector<fs::path> candidates;
  std::error_code failed;
  const fs::path executable = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) candidates.push_back(executable.parent_path().parent_path() / "lib" / kPluginName);
  candidates.push_back(fs::path(WINNOW_PLUGIN_DIR) / kPluginName);
  return candidates;
}

std::string not_found(const std::vector<fs::path>& candidates) {
  std::string tried;
  for (const fs::path& candidate : candidates) tried += (tried.empty() ? "" : ", ") + candidate.string();
  return std::string(kPluginName) + " is not there (tried " + tried + "); " + kGetTorch;
}

TorchBackend* enter_plugin(const fs::path& file, void* plugin, std::string& error) {
  const auto entry = reinterpret_cast<TorchBackendEntry>(dlsym(plugin, kTorchBackendSymbol));
  TorchBackend* backend = entry != nullptr ? entry(kTorchBackendAbi) : nullptr;
  if (backend == nullptr) error = file.string() + " belongs to another version of Winnow or cannot start; " + kGetTorch;
  return backend;
}

}  // namespace

TorchBackend* open_torch_plugin(const std::vector<fs::path>& candidates, std::string& error) {
  for (const fs::path& file : candidates) {
    std::error_code failed;
    if (!fs::exists(file, failed)) continue;
    // Never closed: LibTorch's threads and thread-local data do not survive an unload.
    void* plugin = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (plugin != nullptr) return enter_plugin(file, plugin, error);
    const char* reason = dlerror();
    error = "cannot load " + file.string() + ": " + (reason != nullptr ? reason : "unknown reason") + "; " + kGetTorch;
    return nullptr;
  }
  error = not_found(candidates);
  return nullptr;
}

TorchBackend* load_torch_backend(std::string& error) {
  static Mutex mutex;
  static TorchBackend* loaded GUARDED_BY(mutex) = nullptr;
  const MutexLock lock(mutex);
  if (loaded == nullptr) loaded = open_torch_plugin(plugin_candidates(), error);
  return loaded;
}

}  // namespace winnow
