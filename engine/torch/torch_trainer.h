// torch_trainer.h - trains the default architecture: Adagrad on the table's touched rows, Adam on the MLP.
//
// Fails:   a failed Status; nothing throws.
#pragma once

#include <memory>

#include "engine/status.h"
#include "engine/trainer.h"

namespace winnow {

Status make_torch_trainer(const ArchitectureSpec& architecture, const OptimizerSpec& optimizer,
                          std::unique_ptr<Trainer>& trainer);

}  // namespace winnow
