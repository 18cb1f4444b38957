// rebuilt_model.h - a model that is made anew in the background once its device has failed it.
//
// Owns:    the model, and a thread that makes the next one while there is none.
// Threads: as every Model: one at a time. The factory runs on a thread of its own, never twice at once.
// Blocks:  as the model; without one it fails at once. Destruction waits for a factory that is at work.
// Fails:   a failed Status that says what the model was lost to. Only a run() that fails by the device costs the model:
//          a message that it cannot compute, or explain, says nothing of the next one. A thread that cannot be started
//          is tried again with the next call.
// Units:   the first attempt follows at once; the pauses after failed ones double, from the first to the longest.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/model.h"
#include "engine/status.h"

namespace winnow {

/// Makes a model that has passed its checks.
using ModelFactory = std::function<Status(std::unique_ptr<Model>& model)>;

struct RebuildPauses {
  std::chrono::milliseconds first{1'000};
  std::chrono::milliseconds longest{300'000};
};

std::chrono::milliseconds next_pause(std::chrono::milliseconds pause, const RebuildPauses& pauses);

/// What became of the models of one engine; read from any thread.
struct RebuildCounts {
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::uint64_t> rebuilt{0};
  std::atomic<std::uint64_t> failed{0};  // attempts
};

std::unique_ptr<Model> make_rebuilt_model(std::unique_ptr<Model> model, ModelFactory factory,
                                          const RebuildPauses& pauses, std::shared_ptr<RebuildCounts> counts);

}  // namespace winnow
