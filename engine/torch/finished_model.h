// finished_model.h - the weights of a model that `winnow train` once made: to write it anew, or to go on training.
//
// Fails:   a failed Status that says why the file is no such model; nothing throws.
//
// The file goes through the checks of every model file first (scan, operator allow-list) and unpacks itself by prepare(),
// so that any form a model is shipped in will do.
#pragma once

#include <string_view>

#include "engine/status.h"
#include "engine/torch/architecture.h"

namespace winnow {

Status read_finished_model(std::string_view archive, ModuleParts& parts);

}  // namespace winnow
