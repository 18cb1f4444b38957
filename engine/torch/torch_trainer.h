// torch_trainer.h - trains the default architecture: Adagrad on the table's touched rows, Adam on the MLP.
//
// Fails:   a failed Status; nothing throws.
#pragma once

#include <memory>
#include <string_view>

#include "engine/status.h"
#include "engine/trainer.h"

namespace winnow {

Status make_torch_trainer(const ArchitectureSpec& architecture, const OptimizerSpec& optimizer,
                          std::unique_ptr<Trainer>& trainer);

/// With the weights of a finished model, see TorchBackend; the optimizer's memory is new.
Status make_torch_trainer_from(std::string_view archive, const OptimizerSpec& optimizer, ArchitectureSpec& architecture,
                               std::unique_ptr<Trainer>& trainer);

}  // namespace winnow
