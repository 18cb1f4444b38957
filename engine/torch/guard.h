// guard.h - where exceptions end: everything that calls LibTorch for the host runs inside guarded().
//
// Fails:   any exception becomes a failed Status of one line; nothing passes the plugin's border.
#pragma once

#include <functional>
#include <string>

#include "engine/status.h"

namespace winnow {

/// Runs `step`; `what` ("loading the model") begins the sentence of a failure.
Status guarded(const std::string& what, const std::function<Status()>& step);

}  // namespace winnow
