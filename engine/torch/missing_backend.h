// missing_backend.h - says in one sentence which part of LibTorch a model needs that this one, or this device, lacks.
//
// Fails:   never.
#pragma once

#include <string>

namespace winnow {

/// From the whole text of an exception; "" when it tells of something else.
std::string missing_backend(const std::string& text);

}  // namespace winnow
