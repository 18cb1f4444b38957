// torch_trainer.h - trains the default architecture: Adagrad on the table's touched rows, Adam on the MLP.
//
// Fails:   a failed Status; nothing throws.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/status.h"
#include "engine/trainer.h"

namespace winnow {

/// Both as TorchBackend promises.
Status make_torch_trainer(const ArchitectureSpec& architecture, const std::vector<std::int64_t>& rows,
                          const OptimizerSpec& optimizer, std::unique_ptr<Trainer>& trainer);

/// The optimizer's memory is new.
Status make_torch_trainer_from(std::string_view archive, const std::vector<std::int64_t>& rows,
                               const OptimizerSpec& optimizer, ArchitectureSpec& architecture,
                               std::unique_ptr<Trainer>& trainer);

}  // namespace winnow
