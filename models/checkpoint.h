// checkpoint.h - a training that was stopped, to be gone on with.
//
// Owns:    plain values.
// Blocks:  reads or writes one file.
// Fails:   one sentence in the Status; a damaged file is refused.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "engine/status.h"

namespace winnow {

struct Checkpoint {
  std::string training;   // names mail and options: a checkpoint of another training is of no use
  std::size_t epoch = 0;  // under way, from 0
  std::size_t step = 0;   // next one of that epoch
  double best_loss = 0;   // on held-out mail; meaningful when best_state is there
  std::size_t best_epoch = 0;
  std::string state;       // of the Trainer; "" = its epochs are done, and the best state is what it gives
  std::string best_state;  // of the best epoch so far; "" = none yet
};

Status write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);
Status read_checkpoint(const std::filesystem::path& file, Checkpoint& checkpoint);

}  // namespace winnow
